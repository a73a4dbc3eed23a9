// Making codes from vectors, and of a query what a scan over codes needs. Once a row or a query: not worth a
// form for each processor.

#include <math.h>
#include <string.h>

#include "CVecKernels.h"

// The result must not depend on whether this processor can fuse operations.
#pragma STDC FP_CONTRACT OFF

// The largest entry of a table: four of them fit a byte, and those of 1024 groups fit 16 bits.
#define HIGHEST 63

void cvec_residual(const float *row, float scale, const float *centre, size_t n, float *out, double *squares,
                   double *along) {
    double square_sums[4] = {0}, along_sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) {
            float difference = row[i + j] * scale - centre[i + j];
            out[i + j] = difference;
            square_sums[j] += (double)difference * difference;
            along_sums[j] += (double)difference * centre[i + j];
        }
    for (; i < n; i++) {
        float difference = row[i] * scale - centre[i];
        out[i] = difference;
        square_sums[0] += (double)difference * difference;
        along_sums[0] += (double)difference * centre[i];
    }
    *squares = (square_sums[0] + square_sums[1]) + (square_sums[2] + square_sums[3]);
    *along = (along_sums[0] + along_sums[1]) + (along_sums[2] + along_sums[3]);
}

double cvec_bits_encode(const float *vector, size_t n, uint8_t *block, size_t row) {
    double magnitudes[4] = {0};
    uint8_t *place = block + row % 16;
    int shift = row < 16 ? 0 : 4;
    for (size_t i = 0; i < n; i += 4, place += 16) {
        uint8_t signs = 0;
        for (size_t j = 0; j < 4; j++) {
            signs |= (uint8_t)((vector[i + j] >= 0) << j);
            magnitudes[j] += fabsf(vector[i + j]);
        }
        *place = (uint8_t)((*place & (0xf0 >> shift)) | (signs << shift));
    }
    return (magnitudes[0] + magnitudes[1]) + (magnitudes[2] + magnitudes[3]);
}

void cvec_bits_clear(uint8_t *block, size_t n, size_t row) {
    uint8_t kept = row < 16 ? 0xf0 : 0x0f;
    // Volatile, so that the compiler may not leave it out.
    volatile uint8_t *place = block + row % 16;
    for (size_t i = 0; i < n; i += 4, place += 16) *place &= kept;
}

void cvec_bits_table(const float *query, size_t n, uint8_t *table, float *scale, float *offset) {
    float widest = 0;
    double lowest = 0;
    for (size_t i = 0; i < n; i += 4) {
        float reach = (fabsf(query[i]) + fabsf(query[i + 1])) + (fabsf(query[i + 2]) + fabsf(query[i + 3]));
        if (reach > widest) widest = reach;
        lowest -= reach;
    }
    *scale = 2 * widest / HIGHEST;
    *offset = (float)lowest;
    float inverse = HIGHEST / (2 * widest);
    if (!isfinite(inverse)) {  // all but zero: every pattern adds the same
        memset(table, 0, n * 4);
        *scale = *offset = 0;
        return;
    }
    for (size_t i = 0; i < n; i += 4, table += 16) {
        // Setting a sign takes the sum from the lowest value up by twice the number's magnitude, or leaves it.
        float steps[4], low = 0;
        for (size_t j = 0; j < 4; j++) {
            steps[j] = 2 * query[i + j] * inverse;
            if (query[i + j] < 0) low -= steps[j];
        }
        for (unsigned signs = 0; signs < 16; signs++) {
            float sum = low;
            for (size_t j = 0; j < 4; j++) sum += (signs >> j & 1) ? steps[j] : 0;
            int entry = (int)(sum + 0.5f);
            table[signs] = (uint8_t)(entry < 0 ? 0 : entry > HIGHEST ? HIGHEST : entry);
        }
    }
}

double cvec_bytes_encode(const float *vector, size_t n, int8_t *code, float *step) {
    float widest = 0;
    for (size_t i = 0; i < n; i++) widest = fmaxf(widest, fabsf(vector[i]));
    float inverse = 127 / widest;
    if (!isfinite(inverse)) {
        memset(code, 0, n);
        *step = 0;
        return 0;
    }
    *step = widest / 127;
    int64_t squares = 0;
    for (size_t i = 0; i < n; i++) {
        float scaled = vector[i] * inverse;
        int rounded = (int)(scaled + (scaled < 0 ? -0.5f : 0.5f));
        rounded = rounded > 127 ? 127 : rounded < -127 ? -127 : rounded;
        code[i] = (int8_t)rounded;
        squares += rounded * rounded;
    }
    return (double)squares;
}

// The fast Hadamard transform, without its scale, of 2^k numbers, at least four.
static void transform(float *x, size_t n) {
    for (size_t i = 0; i < n; i += 4) {
        float a = x[i] + x[i + 1], b = x[i] - x[i + 1], c = x[i + 2] + x[i + 3], d = x[i + 2] - x[i + 3];
        x[i] = a + c, x[i + 1] = b + d, x[i + 2] = a - c, x[i + 3] = b - d;
    }
    for (size_t half = 4; half < n; half *= 2)
        for (size_t i = 0; i < n; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                float a = x[j], b = x[j + half];
                x[j] = a + b;
                x[j + half] = a - b;
            }
}

void cvec_rotate(float *vector, size_t n, const float *multipliers, size_t rounds) {
    size_t part = 4;
    while (2 * part <= n) part *= 2;
    for (size_t round = 0; round < rounds; round++, multipliers += n) {
        for (size_t i = 0; i < n; i++) vector[i] *= multipliers[i];
        transform(round % 2 == 0 ? vector : vector + (n - part), part);
        if (part == n) continue;
        for (size_t i = 0; i < n / 2; i++) {
            float a = vector[i], b = vector[i + n / 2];
            vector[i] = a + b;
            vector[i + n / 2] = a - b;
        }
    }
}

double cvec_deviations(double tail) {
    double low = 0, high = 38;  // beyond it a tail is zero in double precision
    for (int step = 0; step < 64; step++) {
        double middle = (low + high) / 2;
        if (erfc(middle / 1.4142135623730951) / 2 > tail) low = middle;
        else high = middle;
    }
    return high;
}
