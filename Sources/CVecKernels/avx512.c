// The form for x86-64 with AVX-512 (F, BW, VL and DQ). The target attribute compiles just these functions for
// that instruction set.

#if defined(__x86_64__)

#include <immintrin.h>

#include "forms.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#define AVX512_INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))

// The numbers that are left at the end of a vector, and zeros.
AVX512_INLINE __m512 rest_of(const float *a, size_t left) { return _mm512_maskz_loadu_ps((__mmask16)((1u << left) - 1), a); }

AVX512_INLINE float total(__m512 s0, __m512 s1, __m512 s2, __m512 s3) {
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}

// Four sums hide the latency of one fused multiply-add behind three others.
AVX512_INLINE float dot(const float *a, const float *b, size_t n) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
        s1 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), s1);
        s2 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), s2);
        s3 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), s3);
    }
    for (; i + 16 <= n; i += 16) s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
    if (i < n) s1 = _mm512_fmadd_ps(rest_of(a + i, n - i), rest_of(b + i, n - i), s1);
    return total(s0, s1, s2, s3);
}

AVX512_INLINE __m512 add_square(__m512 a, __m512 b, __m512 sum) {
    __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

AVX512_INLINE float l2(const float *a, const float *b, size_t n) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        s0 = add_square(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
        s1 = add_square(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), s1);
        s2 = add_square(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), s2);
        s3 = add_square(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), s3);
    }
    for (; i + 16 <= n; i += 16) s0 = add_square(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
    if (i < n) s1 = add_square(rest_of(a + i, n - i), rest_of(b + i, n - i), s1);
    return total(s0, s1, s2, s3);
}

#define TARGET AVX512
#define NAME(name) name##_avx512
#include "each.h"

#pragma STDC FP_CONTRACT OFF

// The bounds of 16 rows, in the order of operations that cvec_scan prescribes.
AVX512_INLINE __m512 bound(const cvec_scan *scan, __m512i sums, const float *factors, const float *constants) {
    __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_set1_ps(scan->scale));
    __m512 shifted = _mm512_add_ps(scaled, _mm512_set1_ps(scan->offset));
    __m512 estimate = _mm512_mul_ps(shifted, _mm512_loadu_ps(factors));
    __m512 placed = _mm512_add_ps(estimate, _mm512_loadu_ps(constants));
    return _mm512_add_ps(placed, _mm512_set1_ps(scan->base));
}

AVX512_INLINE uint32_t passed(__m512 bounds, const cvec_scan *scan) {
    return (uint32_t)_mm512_cmp_ps_mask(bounds, _mm512_set1_ps(scan->floor), _CMP_NLT_UQ);
}

// Adds up the four lanes, which hold sums of the same eight rows.
AVX512_INLINE __m128i folded(__m512i sums) {
    __m256i two = _mm256_add_epi16(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64(sums, 1));
    return _mm_add_epi16(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
}

// Sums over 16 groups before they widen to 16 bits: each lane adds four entries of up to 63.
#define WIDTH 256

// The sums of a block's rows in order, 16 at a time. A register holds four groups, one in each lane. Of a pair
// of bytes, `both` adds up the two together and `odd` the upper one, which is then taken from it.
AVX512_INLINE void bits_sums(const uint8_t *block, const uint8_t *table, size_t bytes, __m256i *lower, __m256i *upper) {
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i both0 = _mm512_setzero_si512(), odd0 = both0, both1 = both0, odd1 = both0;
    for (size_t i = 0; i < bytes; i += WIDTH) {
        __m512i part0 = _mm512_setzero_si512(), part1 = part0;
        for (size_t j = i; j < i + WIDTH; j += 64) {
            __m512i code = _mm512_loadu_si512(block + j);
            __m512i entries = _mm512_loadu_si512(table + j);
            __m512i low = _mm512_and_si512(code, nibble);
            __m512i high = _mm512_and_si512(_mm512_srli_epi16(code, 4), nibble);
            part0 = _mm512_add_epi8(part0, _mm512_shuffle_epi8(entries, low));
            part1 = _mm512_add_epi8(part1, _mm512_shuffle_epi8(entries, high));
        }
        both0 = _mm512_add_epi16(both0, part0);
        odd0 = _mm512_add_epi16(odd0, _mm512_srli_epi16(part0, 8));
        both1 = _mm512_add_epi16(both1, part1);
        odd1 = _mm512_add_epi16(odd1, _mm512_srli_epi16(part1, 8));
    }
    __m128i even = folded(_mm512_sub_epi16(both0, _mm512_slli_epi16(odd0, 8))), odd = folded(odd0);
    *lower = _mm256_set_m128i(_mm_unpackhi_epi16(even, odd), _mm_unpacklo_epi16(even, odd));
    even = folded(_mm512_sub_epi16(both1, _mm512_slli_epi16(odd1, 8))), odd = folded(odd1);
    *upper = _mm256_set_m128i(_mm_unpackhi_epi16(even, odd), _mm_unpacklo_epi16(even, odd));
}

AVX512 static size_t bits_scan_avx512(const uint8_t *codes, const float *factors, const float *constants, size_t count,
                                      size_t n, const uint8_t *table, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0, bytes = n * 4;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t bits = allowed_rows(scan, row, count - row);
        if (bits == 0) continue;
        __m256i lower, upper;
        bits_sums(codes + row * (n / 8), table, bytes, &lower, &upper);
        __m512 b0 = bound(scan, _mm512_cvtepu16_epi32(lower), factors + row, constants + row);
        __m512 b1 = bound(scan, _mm512_cvtepu16_epi32(upper), factors + row + 16, constants + row + 16);
        bits &= passed(b0, scan) | passed(b1, scan) << 16;
        if (bits == 0) continue;
        float bounds[CVEC_BLOCK];
        _mm512_storeu_ps(bounds, b0);
        _mm512_storeu_ps(bounds + 16, b1);
        found = append(out, found, bits, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

AVX512_INLINE int32_t bytes_dot(const int8_t *code, const int8_t *query, size_t n) {
    __m512i sums = _mm512_setzero_si512();
    for (size_t i = 0; i < n; i += 32) {
        __m512i a = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(code + i)));
        __m512i b = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(query + i)));
        sums = _mm512_add_epi32(sums, _mm512_madd_epi16(a, b));
    }
    return _mm512_reduce_add_epi32(sums);
}

AVX512 static size_t bytes_scan_avx512(const int8_t *codes, const float *factors, const float *constants, size_t count,
                                       size_t n, const int8_t *query, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t allowed = allowed_rows(scan, row, count - row), candidates = 0;
        if (allowed == 0) continue;
        int32_t sums[CVEC_BLOCK] = {0};
        float bounds[CVEC_BLOCK];
        for (uint32_t bits = allowed; bits != 0; bits &= bits - 1) {
            uint32_t j = (uint32_t)__builtin_ctz(bits);
            sums[j] = bytes_dot(codes + (row + j) * n, query, n);
        }
        for (size_t j = 0; j < CVEC_BLOCK; j += 16) {
            __m512 reached = bound(scan, _mm512_loadu_si512(sums + j), factors + row + j, constants + row + j);
            candidates |= passed(reached, scan) << j;
            _mm512_storeu_ps(bounds + j, reached);
        }
        found = append(out, found, candidates & allowed, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

const cvec_form cvec_form_avx512 = {
    "avx512",        dot_avx512,     l2_avx512,        dot_rows_avx512,   l2_rows_avx512,
    dot_each_avx512, l2_each_avx512, bits_scan_avx512, bytes_scan_avx512,
};

#endif
