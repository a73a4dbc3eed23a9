// Chooses the form. The compiler's runtime reads the processor's features before main and keeps them in a
// global, so that asking is two loads: there is no state of our own to set up or to race for.

#include "forms.h"

#if defined(__x86_64__)

static inline int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#define CHOOSE(name, ...) (has_avx2() ? name##_avx2(__VA_ARGS__) : name##_portable(__VA_ARGS__))
const char *cvec_variant(void) { return has_avx2() ? "avx2" : "portable"; }

#elif defined(__aarch64__)

#define CHOOSE(name, ...) name##_neon(__VA_ARGS__)
const char *cvec_variant(void) { return "neon"; }

#else

#define CHOOSE(name, ...) name##_portable(__VA_ARGS__)
const char *cvec_variant(void) { return "portable"; }

#endif

float cvec_dot(const float *a, const float *b, size_t n) { return CHOOSE(cvec_dot, a, b, n); }

float cvec_l2(const float *a, const float *b, size_t n) { return CHOOSE(cvec_l2, a, b, n); }

void cvec_dot_rows(const float *query, const float *rows, size_t count, size_t n, float *out) {
    CHOOSE(cvec_dot_rows, query, rows, count, n, out);
}

void cvec_l2_rows(const float *query, const float *rows, size_t count, size_t n, float *out) {
    CHOOSE(cvec_l2_rows, query, rows, count, n, out);
}
