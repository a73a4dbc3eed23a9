// What the encoder does once a model, once a text or once a token: plain loops are enough.

#include <math.h>

#include "CEncoderKernels.h"

float cenc_mean_direction(const float *x, size_t rows, size_t n, float *out) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) out[i] = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++) out[i] += x[r * n + i];
    for (size_t i = 0; i < n; i++) {
        out[i] /= (float)rows;
        squares += (double)out[i] * out[i];
    }
    double length = sqrt(squares);
    for (size_t i = 0; i < n; i++) out[i] = (float)(out[i] / length);
    return (float)length;
}

void cenc_sum2(const float *a, const float *b, size_t n, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] + b[i];
}

void cenc_pack(const float *weights, size_t outputs, size_t inner, float *packed) {
    for (size_t o = 0; o < outputs; o += CENC_PANEL)
        for (size_t i = 0; i < inner; i++)
            for (size_t j = 0; j < CENC_PANEL; j++) *packed++ = o + j < outputs ? weights[(o + j) * inner + i] : 0;
}
