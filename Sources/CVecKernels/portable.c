// The form for any processor. Sixteen separate sums let the compiler use whatever vector registers the
// base instruction set has: it may not reorder one sum, because rounding would change.

#include "forms.h"

#define LANES 16

static inline float total(const float *lanes) {
    float sum = 0;
    for (size_t j = 0; j < LANES; j++) sum += lanes[j];
    return sum;
}

static inline float dot(const float *a, const float *b, size_t n) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lanes[j] += a[i + j] * b[i + j];
    float rest = 0;
    for (; i < n; i++) rest += a[i] * b[i];
    return total(lanes) + rest;
}

static inline float l2(const float *a, const float *b, size_t n) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            float difference = a[i + j] - b[i + j];
            lanes[j] += difference * difference;
        }
    float rest = 0;
    for (; i < n; i++) {
        float difference = a[i] - b[i];
        rest += difference * difference;
    }
    return total(lanes) + rest;
}

#define TARGET
#define NAME(name) name##_portable
#include "each.h"

#pragma STDC FP_CONTRACT OFF

static inline float bound(const cvec_scan *scan, float sum, float factor, float constant) {
    float scaled = sum * scan->scale;
    float estimate = (scaled + scan->offset) * factor;
    float placed = estimate + constant;
    return placed + scan->base;
}

static size_t bits_scan_portable(const uint8_t *codes, const float *factors, const float *constants, size_t count,
                                 size_t n, const uint8_t *table, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0, groups = n / 4;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        uint32_t bits = allowed_rows(scan, row, count - row), passed = 0;
        if (bits == 0) continue;
        const uint8_t *block = codes + row * (n / 8);
        uint16_t sums[CVEC_BLOCK] = {0};
        for (size_t g = 0; g < groups; g++)
            for (size_t j = 0; j < 16; j++) {
                uint8_t code = block[g * 16 + j];
                sums[j] += table[g * 16 + (code & 15)];
                sums[j + 16] += table[g * 16 + (code >> 4)];
            }
        float bounds[CVEC_BLOCK];
        for (size_t j = 0; j < CVEC_BLOCK && row + j < count; j++) {
            bounds[j] = bound(scan, (float)sums[j], factors[row + j], constants[row + j]);
            passed |= (uint32_t)!(bounds[j] < scan->floor) << j;
        }
        found = append(out, found, passed & bits, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

static size_t bytes_scan_portable(const int8_t *codes, const float *factors, const float *constants, size_t count,
                                  size_t n, const int8_t *query, const cvec_scan *scan, cvec_candidate *out) {
    size_t found = 0;
    for (size_t row = 0; row < count; row += CVEC_BLOCK) {
        float bounds[CVEC_BLOCK];
        uint32_t passed = 0;
        for (uint32_t bits = allowed_rows(scan, row, count - row); bits != 0; bits &= bits - 1) {
            size_t j = (size_t)__builtin_ctz(bits);
            const int8_t *code = codes + (row + j) * n;
            int32_t sum = 0;
            for (size_t i = 0; i < n; i++) sum += (int32_t)code[i] * query[i];
            bounds[j] = bound(scan, (float)sum, factors[row + j], constants[row + j]);
            passed |= (uint32_t)!(bounds[j] < scan->floor) << j;
        }
        found = append(out, found, passed, bounds, scan->first + (uint32_t)row);
    }
    return found;
}

const cvec_form cvec_form_portable = {
    "portable",        dot_portable,     l2_portable,        dot_rows_portable,   l2_rows_portable,
    dot_each_portable, l2_each_portable, bits_scan_portable, bytes_scan_portable,
};
