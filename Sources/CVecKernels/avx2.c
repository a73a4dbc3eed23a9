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

#define TARGET AVX2
#define NAME(name) name##_avx2
#include "each.h"

#pragma STDC FP_CONTRACT OFF

// The bounds of eight rows, in the order of operations that cvec_scan prescribes.
AVX2_INLINE __m256 bound(const cvec_scan *scan, __m256i sums, const float *factors, const float *constants) {
    __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_set1_ps(scan->scale));
    __m256 shifted = _mm256_add_ps(scaled, _mm256_set1_ps(scan->offset));
    __m256 estimate = _mm256_mul_ps(shifted, _mm256_loadu_ps(factors));
    __m256 placed = _mm256_add_ps(estimate, _mm256_loadu_ps(constants));
    return _mm256_add_ps(placed, _mm256_set1_ps(scan->base));
}

AVX2_INLINE uint32_t passed(__m256 bounds, const cvec_scan *scan) {
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(bounds, _mm256_set1_ps(scan->floor), _CMP_NLT_UQ));
}

// Sums over eight groups before they widen to 16 bits: each lane adds four entries of up to 63.
#define WIDTH 128

// The sums of a block's rows in order, 16 at a time. A register holds two groups, one in each lane. Of a pair
// of bytes, `both` adds up the two together and `odd` the upper one, which is then taken from it.
AVX2_INLINE void bits_sums(const uint8_t *block, const uint8_t *table, size_t bytes, __m256i *lower, __m256i *upper) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i both0 = _mm256_setzero_si256(), odd0 = both0, both1 = both0, odd1 = both0;
    for (size_t i = 0; i < bytes; i += WIDTH) {
        __m256i part0 = _mm256_setzero_si256(), part1 = part0;
        for (size_t j = i; j < i + WIDTH; j += 32) {
            __m256i code = _mm256_loadu_si256((const __m256i *)(block + j));
            __m256i entries = _mm256_loadu_si256((const __m256i *)(table + j));
            __m256i low = _mm256_and_si256(code, nibble);
            __m256i high = _mm256_and_si256(_mm256_srli_epi16(code, 4), nibble);
            part0 = _mm256_add_epi8(part0, _mm256_shuffle_epi8(entries, low));
            part1 = _mm256_add_epi8(part1, _mm256_shuffle_epi8(entries, high));
        }
        both0 = _mm256_add_epi16(both0, part0);
        odd0 = _mm256_add_epi16(odd0, _mm256_srli_epi16(part0, 8));
        both1 = _mm256_add_epi16(both1, part1);
        odd1 = _mm256_add_epi16(odd1, _mm256_srli_epi16(part1, 8));
    }
    // Each lane: sums of rows 0, 2, ... and of rows 1, 3, ...; the two lanes belong to the same rows.
    __m256i even0 = _mm256_sub_epi16(both0, _mm256_slli_epi16(odd0, 8));
    __m256i even1 = _mm256_sub_epi16(both1, _mm256_slli_epi16(odd1, 8));
    __m256i even = _mm256_add_epi16(_mm256_permute2x128_si256(even0, even1, 0x20),
                                    _mm256_permute2x128_si256(even0, even1, 0x31));
    __m256i odd = _mm256_add_epi16(_mm256_permute2x128_si256(odd0, odd1, 0x20),
                                   _mm256_permute2x128_si256(odd0, odd1, 0x31));
    // Rows 0-7 and 16-23, 8-15 and 24-31.
    __m256i first = _mm256_unpacklo_epi16(even, odd), second = _mm256_unpackhi_epi16(even, odd);
    *lower = _mm256_permute2x128_si256(first, second, 0x20);
    *upper = _mm256_permute2x128_si256(first, second, 0x31);
}

AVX2_INLINE __m256i widened(__m256i sums, int half) {
    return _mm256_cvtepu16_epi32(half ? _mm256_extracti128_si256(sums, 1) : _mm256_castsi256_si128(sums));
}

AVX2 static size_t bits_scan_avx2(const uint8_t *codes, const float *factors, const float *constants, size_t count,
                                  size_t n, const uint8_t *table, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0, bytes = n * 4;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t bits = allowed_rows(scan, row, count - row);
        if (bits == 0) continue;
        __m256i lower, upper;
        bits_sums(codes + row * (n / 8), table, bytes, &lower, &upper);
        const float *f = factors + row, *c = constants + row;
        __m256 b0 = bound(scan, widened(lower, 0), f, c), b1 = bound(scan, widened(lower, 1), f + 8, c + 8);
        __m256 b2 = bound(scan, widened(upper, 0), f + 16, c + 16), b3 = bound(scan, widened(upper, 1), f + 24, c + 24);
        bits &= passed(b0, scan) | passed(b1, scan) << 8 | passed(b2, scan) << 16 | passed(b3, scan) << 24;
        if (bits == 0) continue;
        float bounds[CVEC_BLOCK];
        _mm256_storeu_ps(bounds, b0);
        _mm256_storeu_ps(bounds + 8, b1);
        _mm256_storeu_ps(bounds + 16, b2);
        _mm256_storeu_ps(bounds + 24, b3);
        found = append(out, found, bits, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

// Products of signed bytes: the instruction wants one side without signs, so the query's go over to the row.
AVX2_INLINE int32_t bytes_dot(const int8_t *code, const int8_t *query, size_t n) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sums = _mm256_setzero_si256();
    for (size_t i = 0; i < n; i += 32) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(code + i)), b = _mm256_loadu_si256((const __m256i *)(query + i));
        __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(b), _mm256_sign_epi8(a, b));
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, ones));
    }
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}

AVX2 static size_t bytes_scan_avx2(const int8_t *codes, const float *factors, const float *constants, size_t count,
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
        for (size_t j = 0; j < CVEC_BLOCK; j += 8) {
            __m256i eight = _mm256_loadu_si256((const __m256i *)(sums + j));
            __m256 reached = bound(scan, eight, factors + row + j, constants + row + j);
            candidates |= passed(reached, scan) << j;
            _mm256_storeu_ps(bounds + j, reached);
        }
        found = append(out, found, candidates & allowed, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

const cvec_form cvec_form_avx2 = {
    "avx2",        dot_avx2,     l2_avx2,        dot_rows_avx2,   l2_rows_avx2,
    dot_each_avx2, l2_each_avx2, bits_scan_avx2, bytes_scan_avx2,
};

#endif
