// The arithmetic of a BERT encoder over Float32: matrix products, and what lies between them.
//
// Every function is pure, takes no lock and allocates nothing. Rows lie one after the other; a stride is counted
// in numbers. No pointer needs more than Float's alignment. The plain names choose the best form for this
// processor on each call; the `_portable` names are the form for any processor, exported so that tests can
// compare the two.

#ifndef JOBRAKER_CENCODERKERNELS_H
#define JOBRAKER_CENCODERKERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The width of an attention head.
#define CENC_HEAD 32

// Weights in the order in which a product reads them: panels of CENC_PANEL outputs, and in a panel the weights of all
// its outputs for the first input, then for the second, and so on. A last panel that is not full is filled with zeros.
#define CENC_PANEL 16
static inline size_t cenc_packed_size(size_t outputs, size_t inner) {
    return (outputs + CENC_PANEL - 1) / CENC_PANEL * CENC_PANEL * inner;
}
// Packs rows of `inner` weights, one row an output, as a file has them.
void cenc_pack(const float *weights, size_t outputs, size_t inner, float *packed);

// y[r * stride + o] = bias[o] + the inner product of row r of x and the weights of output o; each row has `inner`
// numbers.
void cenc_linear(const float *x, size_t rows, size_t inner, const float *packed, const float *bias, size_t outputs,
                 float *y, size_t stride);
void cenc_linear_portable(const float *x, size_t rows, size_t inner, const float *packed, const float *bias,
                          size_t outputs, float *y, size_t stride);

// Each value v becomes v * Φ(v), Φ being the distribution function of the normal distribution (the "erf" GELU).
void cenc_gelu(float *values, size_t count);
void cenc_gelu_portable(float *values, size_t count);

// Each row becomes (row - mean) / sqrt(variance + epsilon) * scale + shift, after `added` (rows of the same form)
// has been added to it.
void cenc_add_norm(float *x, const float *added, size_t rows, size_t n, const float *scale, const float *shift,
                   float epsilon);
void cenc_add_norm_portable(float *x, const float *added, size_t rows, size_t n, const float *scale,
                            const float *shift, float epsilon);

// Attention of one sequence over itself. Row t of qkv holds the queries, keys and values of token t, `heads` heads
// of CENC_HEAD numbers each; row t of out gets `heads * CENC_HEAD` numbers. `scratch` has room for
// cenc_attention_scratch(tokens) numbers.
static inline size_t cenc_attention_scratch(size_t tokens) { return 4 * (tokens + 16); }
void cenc_attention(const float *qkv, size_t tokens, size_t heads, float *out, float *scratch);
void cenc_attention_portable(const float *qkv, size_t tokens, size_t heads, float *out, float *scratch);

// out = the mean of the rows, divided by its length. Returns the length, which is not finite or not positive when
// the rows have no direction; out is then of no use.
float cenc_mean_direction(const float *x, size_t rows, size_t n, float *out);

// out = a + b.
void cenc_sum2(const float *a, const float *b, size_t n, float *out);

// MARK: Characters, as a tokenizer of BERT's "uncased" models sees them

// What cenc_character returns.
#define CENC_KEEP 0         // part of a word, as it is
#define CENC_DROP 1         // nothing: control and format characters, marks, what is no character
#define CENC_SPACE 2        // between words
#define CENC_PUNCTUATION 3  // a word of its own
#define CENC_IDEOGRAPH 4    // a word of its own
#define CENC_HANGUL 5       // a syllable, to be taken apart by arithmetic
#define CENC_REPLACED 16    // this and above: other characters stand for it, see cenc_replacement

uint32_t cenc_character(uint32_t scalar);

// What stands for a character of a kind of CENC_REPLACED or above: a count, then that many scalars. They are lower
// case and without marks; a replaced ideograph is an ideograph again, and a replaced sign may be punctuation.
const uint32_t *cenc_replacement(uint32_t kind);

// MARK: The processor

// The form in use: "avx2", "neon" or "portable".
const char *cenc_variant(void);

#pragma clang assume_nonnull end

#endif
