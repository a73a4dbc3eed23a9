// The forms that dispatch.c chooses from. Each machine-specific file compiles to nothing elsewhere.

#ifndef JOBRAKER_CENC_FORMS_H
#define JOBRAKER_CENC_FORMS_H

#include "CEncoderKernels.h"

#define DECLARE(form)                                                                                               \
    void cenc_linear_##form(const float *x, size_t rows, size_t inner, const float *packed, const float *bias,    \
                            size_t outputs, float *y, size_t stride);                                              \
    void cenc_gelu_##form(float *values, size_t count);                                                            \
    void cenc_add_norm_##form(float *x, const float *added, size_t rows, size_t n, const float *scale,             \
                              const float *shift, float epsilon);                                                  \
    void cenc_attention_##form(const float *qkv, size_t tokens, size_t heads, float *out, float *scratch);

#if defined(__x86_64__)
DECLARE(avx2)
#elif defined(__aarch64__)
DECLARE(neon)
#endif

#endif
