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

#define TARGET
#define NAME(name) name##_neon
#include "each.h"

#pragma STDC FP_CONTRACT OFF

// The bounds of four rows, in the order of operations that cvec_scan prescribes.
static inline float32x4_t bound(const cvec_scan *scan, float32x4_t sums, const float *factors, const float *constants) {
    float32x4_t scaled = vmulq_f32(sums, vdupq_n_f32(scan->scale));
    float32x4_t shifted = vaddq_f32(scaled, vdupq_n_f32(scan->offset));
    float32x4_t estimate = vmulq_f32(shifted, vld1q_f32(factors));
    float32x4_t placed = vaddq_f32(estimate, vld1q_f32(constants));
    return vaddq_f32(placed, vdupq_n_f32(scan->base));
}

static inline uint32_t passed(const float *bounds, const cvec_scan *scan) {
    uint32_t bits = 0;
    for (size_t j = 0; j < CVEC_BLOCK; j++) bits |= (uint32_t)!(bounds[j] < scan->floor) << j;
    return bits;
}

// The sums of a block's 32 rows. Four entries of up to 63 fit a byte before they widen.
static inline void bits_sums(const uint8_t *block, const uint8_t *table, size_t bytes, uint16x8_t sums[4]) {
    const uint8x16_t nibble = vdupq_n_u8(15);
    for (size_t j = 0; j < 4; j++) sums[j] = vdupq_n_u16(0);
    for (size_t i = 0; i < bytes; i += 64) {
        uint8x16_t part0 = vdupq_n_u8(0), part1 = part0;
        for (size_t j = i; j < i + 64; j += 16) {
            uint8x16_t code = vld1q_u8(block + j), entries = vld1q_u8(table + j);
            part0 = vaddq_u8(part0, vqtbl1q_u8(entries, vandq_u8(code, nibble)));
            part1 = vaddq_u8(part1, vqtbl1q_u8(entries, vshrq_n_u8(code, 4)));
        }
        sums[0] = vaddw_u8(sums[0], vget_low_u8(part0));
        sums[1] = vaddw_u8(sums[1], vget_high_u8(part0));
        sums[2] = vaddw_u8(sums[2], vget_low_u8(part1));
        sums[3] = vaddw_u8(sums[3], vget_high_u8(part1));
    }
}

static size_t bits_scan_neon(const uint8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                             const uint8_t *table, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0, bytes = n * 4;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t bits = allowed_rows(scan, row, count - row);
        if (bits == 0) continue;
        uint16x8_t sums[4];
        bits_sums(codes + row * (n / 8), table, bytes, sums);
        float bounds[CVEC_BLOCK];
        float32x4_t most = vdupq_n_f32(scan->floor);
        uint32x4_t any = vdupq_n_u32(0);
        for (size_t j = 0; j < 4; j++) {
            size_t at = row + 8 * j;
            float32x4_t low = vcvtq_f32_u32(vmovl_u16(vget_low_u16(sums[j])));
            float32x4_t high = vcvtq_f32_u32(vmovl_u16(vget_high_u16(sums[j])));
            low = bound(scan, low, factors + at, constants + at);
            high = bound(scan, high, factors + at + 4, constants + at + 4);
            any = vorrq_u32(any, vorrq_u32(vmvnq_u32(vcltq_f32(low, most)), vmvnq_u32(vcltq_f32(high, most))));
            vst1q_f32(bounds + 8 * j, low);
            vst1q_f32(bounds + 8 * j + 4, high);
        }
        if (vmaxvq_u32(any) == 0) continue;
        found = append(out, found, bits & passed(bounds, scan), bounds, scan->first + (uint32_t)row);
    }
    return found;
}

static inline int32_t bytes_dot(const int8_t *code, const int8_t *query, size_t n) {
    int32x4_t s0 = vdupq_n_s32(0), s1 = s0;
    for (size_t i = 0; i < n; i += 16) {
        int8x16_t a = vld1q_s8(code + i), b = vld1q_s8(query + i);
        s0 = vpadalq_s16(s0, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
        s1 = vpadalq_s16(s1, vmull_high_s8(a, b));
    }
    return vaddvq_s32(vaddq_s32(s0, s1));
}

static size_t bytes_scan_neon(const int8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                              const int8_t *query, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t allowed = allowed_rows(scan, row, count - row);
        if (allowed == 0) continue;
        int32_t sums[CVEC_BLOCK] = {0};
        float bounds[CVEC_BLOCK];
        for (uint32_t bits = allowed; bits != 0; bits &= bits - 1) {
            uint32_t j = (uint32_t)__builtin_ctz(bits);
            sums[j] = bytes_dot(codes + (row + j) * n, query, n);
        }
        for (size_t j = 0; j < CVEC_BLOCK; j += 4) {
            float32x4_t four = vcvtq_f32_s32(vld1q_s32(sums + j));
            vst1q_f32(bounds + j, bound(scan, four, factors + row + j, constants + row + j));
        }
        found = append(out, found, allowed & passed(bounds, scan), bounds, scan->first + (uint32_t)row);
    }
    return found;
}

const cvec_form cvec_form_neon = {
    "neon",        dot_neon,     l2_neon,        dot_rows_neon,   l2_rows_neon,
    dot_each_neon, l2_each_neon, bits_scan_neon, bytes_scan_neon,
};

#endif
