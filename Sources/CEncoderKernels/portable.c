// The form for any processor: the compiler makes of its short vectors what the base instruction set has.

#include "forms.h"

#define FORM(name) name##_portable
#define TARGET
#define LANES 4
#define TILE_ROWS 2

#include "body.h"
