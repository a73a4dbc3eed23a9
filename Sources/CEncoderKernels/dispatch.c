// Chooses the form. The compiler's runtime reads the processor's features before main and keeps them in a global,
// so that asking is two loads: there is no state of our own to set up or to race for.

#include "forms.h"

#if defined(__x86_64__)

static inline int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#define CHOOSE(name, ...) (has_avx2() ? name##_avx2(__VA_ARGS__) : name##_portable(__VA_ARGS__))
const char *cenc_variant(void) { return has_avx2() ? "avx2" : "portable"; }

#elif defined(__aarch64__)

#define CHOOSE(name, ...) name##_neon(__VA_ARGS__)
const char *cenc_variant(void) { return "neon"; }

#else

#define CHOOSE(name, ...) name##_portable(__VA_ARGS__)
const char *cenc_variant(void) { return "portable"; }

#endif

void cenc_linear(const float *x, size_t rows, size_t inner, const float *packed, const float *bias, size_t outputs,
                 float *y, size_t stride) {
    CHOOSE(cenc_linear, x, rows, inner, packed, bias, outputs, y, stride);
}

void cenc_gelu(float *values, size_t count) { CHOOSE(cenc_gelu, values, count); }

void cenc_add_norm(float *x, const float *added, size_t rows, size_t n, const float *scale, const float *shift,
                   float epsilon) {
    CHOOSE(cenc_add_norm, x, added, rows, n, scale, shift, epsilon);
}

void cenc_attention(const float *qkv, size_t tokens, size_t heads, float *out, float *scratch) {
    CHOOSE(cenc_attention, qkv, tokens, heads, out, scratch);
}
