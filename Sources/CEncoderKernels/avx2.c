// The form for x86-64 with AVX2 and FMA. The target attribute compiles just these functions for that instruction
// set, so the rest of the program still runs on older processors. Twelve sums, two vectors of weights and one
// of x fit into the sixteen registers.

#if defined(__x86_64__)

#include "forms.h"

#define FORM(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define TILE_ROWS 6

#include "body.h"

#endif
