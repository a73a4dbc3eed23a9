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

float cvec_dot_portable(const float *a, const float *b, size_t n) { return dot(a, b, n); }

float cvec_l2_portable(const float *a, const float *b, size_t n) { return l2(a, b, n); }

void cvec_dot_rows_portable(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot(query, rows + i * n, n);
}

void cvec_l2_rows_portable(const float *query, const float *rows, size_t count, size_t n, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = l2(query, rows + i * n, n);
}
