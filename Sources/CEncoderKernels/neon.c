// The form for 64-bit ARM, where NEON with fused multiply-add is always there. Twenty-four sums, four vectors of weights
// and one of x fit into the thirty-two registers.

#if defined(__aarch64__)

#include "forms.h"

#define FORM(name) name##_neon
#define TARGET
#define LANES 4
#define TILE_ROWS 6

#include "body.h"

#endif
