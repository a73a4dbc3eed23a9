// The form for 64-bit ARM, where NEON with fused multiply-add is always there.

#if defined(__aarch64__)

#include <arm_neon.h>

#include "forms.h"

static inline float total(float32x4_t s0, float32x4_t s1, float32x4_t s2, float32x4_t s3) {
    return vaddvq_f32(vaddq_f32(vaddq_f32(s0, s1), vaddq_f32(s2, s3)));
}

// Four sums hide the latency of one fused multiply-add behind three others.
static inline float dot(const float *a, const float *b, size_t n) {
    float32x4_t s0 = vdupq_n_f32(0), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        s0 = vfmaq_f32(s0, vld1q_f32(a + i), vld1q_f32(b + i));
        s1 = vfmaq_f32(s1, vld1q_f32(a + i + 4), vld1q_f32(b + i + 4));
        s2 = vfmaq_f32(s2, vld1q_f32(a + i + 8), vld1q_f32(b + i + 8));
        s3 = vfmaq_f32(s3, vld1q_f32(a + i + 12), vld1q_f32(b + i + 12));
    }
    float rest = 0;
    for (; i < n; i++) rest = __builtin_fmaf(a[i], b[i], rest);
    return total(s0, s1, s2, s3) + rest;
}

static inline float32x4_t add_square(const float *a, const float *b, float32x4_t sum) {
    float32x4_t difference = vsubq_f32(vld1q_f32(a), vld1q_f32(b));
    return vfmaq_f32(sum, difference, difference);
}

static inline float l2(const float *a, const float *b, size_t n) {
    float32x4_t s0 = vdupq_n_f32(0), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        s0 = add_square(a + i, b + i, s0);
        s1 = add_square(a + i + 4, b + i + 4, s1);
        s2 = add_square(a + i + 8, b + i + 8, s2);
        s3 = add_square(a + i + 12, b + i + 12, s3);
    }
    float rest = 0;
    for (; i < n; i++) {
        float difference = a[i] - b[i];
        rest = __builtin_fmaf(difference, difference, rest);
    }
    return total(s0, s1, s2, s3) + rest;
}

float cvec_dot_neon(const float *a, const float *b, size_t n) { return dot(a, b, n); }

float cvec_l2_neon(const float *a, const float *b, size_t n) { return l2(a, b, n); }

void cvec_dot_rows_neon(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot(query, rows + i * n, n);
}

void cvec_l2_rows_neon(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = l2(query, rows + i * n, n);
}

#endif
