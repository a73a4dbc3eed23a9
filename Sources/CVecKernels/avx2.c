// The form for x86-64 with AVX2 and FMA. The target attribute compiles just these functions for that
// instruction set, so the rest of the program still runs on older processors.

#if defined(__x86_64__)

#include <immintrin.h>

#include "forms.h"

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2,fma")))

AVX2_INLINE float total(__m256 sums) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// Four sums hide the latency of one fused multiply-add behind three others.
AVX2_INLINE float dot(const float *a, const float *b, size_t n) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
        s1 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), s1);
        s2 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16), s2);
        s3 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24), s3);
    }
    for (; i + 8 <= n; i += 8) s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
    float rest = 0;
    for (; i < n; i++) rest = __builtin_fmaf(a[i], b[i], rest);
    return total(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3))) + rest;
}

AVX2_INLINE __m256 add_square(const float *a, const float *b, __m256 sum) {
    __m256 difference = _mm256_sub_ps(_mm256_loadu_ps(a), _mm256_loadu_ps(b));
    return _mm256_fmadd_ps(difference, difference, sum);
}

AVX2_INLINE float l2(const float *a, const float *b, size_t n) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        s0 = add_square(a + i, b + i, s0);
        s1 = add_square(a + i + 8, b + i + 8, s1);
        s2 = add_square(a + i + 16, b + i + 16, s2);
        s3 = add_square(a + i + 24, b + i + 24, s3);
    }
    for (; i + 8 <= n; i += 8) s0 = add_square(a + i, b + i, s0);
    float rest = 0;
    for (; i < n; i++) {
        float difference = a[i] - b[i];
        rest = __builtin_fmaf(difference, difference, rest);
    }
    return total(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3))) + rest;
}

AVX2 float cvec_dot_avx2(const float *a, const float *b, size_t n) { return dot(a, b, n); }

AVX2 float cvec_l2_avx2(const float *a, const float *b, size_t n) { return l2(a, b, n); }

AVX2 void cvec_dot_rows_avx2(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot(query, rows + i * n, n);
}

AVX2 void cvec_l2_rows_avx2(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = l2(query, rows + i * n, n);
}

#endif
