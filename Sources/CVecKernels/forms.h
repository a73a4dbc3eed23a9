// The forms that dispatch.c chooses from, and what they share. Each machine-specific file compiles to nothing
// elsewhere.

#ifndef JOBRAKER_CVEC_FORMS_H
#define JOBRAKER_CVEC_FORMS_H

#include "CVecKernels.h"

extern const cvec_form cvec_form_portable;
#if defined(__x86_64__)
extern const cvec_form cvec_form_avx2;
extern const cvec_form cvec_form_avx512;
#elif defined(__aarch64__)
extern const cvec_form cvec_form_neon;
#endif

// How many rows ahead the `_each` functions fetch, and how much of a row: what is longer, the processor's own
// reading ahead takes over.
#define AHEAD 2
#define FETCHED 2048

static inline __attribute__((always_inline)) void fetch(const float *row, size_t n) {
    size_t bytes = n * sizeof(float) < FETCHED ? n * sizeof(float) : FETCHED;
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)row + i);
}

// The bits of `count` rows from `row` on that may be candidates; at most 32, `row` a multiple of that.
static inline __attribute__((always_inline)) uint32_t allowed_rows(const cvec_scan *scan, size_t row, size_t count) {
    uint32_t bits = count < 32 ? ((uint32_t)1 << count) - 1 : UINT32_MAX;
    if (scan->allowed == NULL) return bits;
    return bits & (uint32_t)(scan->allowed[row / 64] >> (row % 64));
}

// Appends the rows of a block whose bits are set.
static inline __attribute__((always_inline)) size_t append(cvec_candidate *out, size_t found, uint32_t bits,
                                                           const float *bounds, uint32_t first) {
    for (; bits != 0; bits &= bits - 1) {
        uint32_t row = (uint32_t)__builtin_ctz(bits);
        out[found++] = (cvec_candidate){bounds[row], first + row};
    }
    return found;
}

#endif
