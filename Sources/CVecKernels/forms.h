// The forms that dispatch.c chooses from. Each machine-specific file compiles to nothing elsewhere.

#ifndef JOBRAKER_CVEC_FORMS_H
#define JOBRAKER_CVEC_FORMS_H

#include "CVecKernels.h"

#if defined(__x86_64__)
float cvec_dot_avx2(const float *a, const float *b, size_t n);
float cvec_l2_avx2(const float *a, const float *b, size_t n);
void cvec_dot_rows_avx2(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_l2_rows_avx2(const float *query, const float *rows, size_t count, size_t n, float *out);
#elif defined(__aarch64__)
float cvec_dot_neon(const float *a, const float *b, size_t n);
float cvec_l2_neon(const float *a, const float *b, size_t n);
void cvec_dot_rows_neon(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_l2_rows_neon(const float *query, const float *rows, size_t count, size_t n, float *out);
#endif

#endif
