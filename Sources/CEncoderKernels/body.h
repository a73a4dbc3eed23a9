// The kernels, written once over vectors of LANES numbers. Each form's file defines these and includes this file:
//
//   FORM(name)   the name of a function in this form
//   TARGET       the attribute that lets the compiler use this form's instructions
//   LANES        numbers a vector: 4 or 8
//   TILE_ROWS    rows of x that a tile of a product takes: as many as the registers hold
//
// A tile of a product is TILE_ROWS rows of x by one panel of CENC_PANEL outputs: its sums stay in registers while the
// inner dimension passes by, and every number that is loaded is used several times.

#include <math.h>
#include <string.h>

#include "CEncoderKernels.h"

#define VECTORS (CENC_PANEL / LANES)
// Steps of the inner dimension at a time.
#define ROUND 8
// Rows of x that stay in the second-level cache while all weights pass by.
#define BLOCK_ROWS 48
// Queries that attention takes at a time, and keys.
#define QUERIES (TILE_ROWS < 3 ? TILE_ROWS : 3)
#define KEYS 4

#define INLINE static inline __attribute__((always_inline)) TARGET
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef int32_t ivec __attribute__((vector_size(LANES * 4)));
typedef float vec4 __attribute__((vector_size(16)));

INLINE vec load(const float *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vec v) { memcpy(p, &v, sizeof v); }

INLINE vec all(float value) {
#if LANES == 8
    return (vec){value, value, value, value, value, value, value, value};
#else
    return (vec){value, value, value, value};
#endif
}

INLINE vec4 fold(vec v) {
#if LANES == 8
    return __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
#else
    return v;
#endif
}

// The four totals of four vectors.
INLINE vec4 totals(vec4 a, vec4 b, vec4 c, vec4 d) {
    vec4 ab = __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    vec4 cd = __builtin_shufflevector(c, d, 0, 4, 2, 6) + __builtin_shufflevector(c, d, 1, 5, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

INLINE float total(vec v) {
    vec4 f = fold(v);
    return (f[0] + f[1]) + (f[2] + f[3]);
}

INLINE vec choose(ivec which, vec yes, vec no) { return (vec)(((ivec)yes & which) | ((ivec)no & ~which)); }

// What is not a number stays none here, so that a damaged model does not pass for a sound one.
INLINE vec clamp(vec v, float least, float most) { return choose(v < least, all(least), choose(v > most, all(most), v)); }

INLINE vec larger(vec a, vec b) { return choose(a < b, b, a); }

// MARK: Products

// One step of the inner dimension for a tile.
INLINE void step(const int ROWS, vec s[TILE_ROWS][VECTORS], const float *x, size_t inner, const float *w) {
    vec ws[VECTORS];
    UNROLL for (int c = 0; c < VECTORS; c++) ws[c] = load(w + c * LANES);
    UNROLL for (int r = 0; r < ROWS; r++) {
        vec value = all(x[(size_t)r * inner]);
        UNROLL for (int c = 0; c < VECTORS; c++) s[r][c] += value * ws[c];
    }
}

// ROWS is a constant where this is called, so that the sums stay in registers. Of what lies at `ahead`, which comes
// next, `lines` cache lines are fetched in each round.
INLINE void tile(const int ROWS, const float *x, size_t inner, const float *panel, const float *bias, float *y,
                 size_t stride, const float *ahead, size_t lines) {
    vec s[TILE_ROWS][VECTORS];
    UNROLL for (int c = 0; c < VECTORS; c++) {
        vec shift = load(bias + c * LANES);
        UNROLL for (int r = 0; r < ROWS; r++) s[r][c] = shift;
    }
    size_t i = 0;
    for (; i + ROUND <= inner; i += ROUND) {
        for (size_t line = 0; line < lines; line++, ahead += CENC_PANEL) __builtin_prefetch(ahead, 0, 2);
        UNROLL for (size_t j = 0; j < ROUND; j++) step(ROWS, s, x + i + j, inner, panel + (i + j) * CENC_PANEL);
    }
    for (; i < inner; i++) step(ROWS, s, x + i, inner, panel + i * CENC_PANEL);
    UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int c = 0; c < VECTORS; c++) store(y + (size_t)r * stride + (size_t)(c * LANES), s[r][c]);
}

// The tiles share the fetching of the next panel: a panel is read from far away once, and then by each tile.
INLINE void rows_of_panel(const float *x, size_t rows, size_t inner, const float *panel, const float *bias, float *y,
                          size_t stride) {
    size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, lines = (ROUND + tiles - 1) / tiles;
    const float *ahead = panel + inner * CENC_PANEL;
    for (; rows >= TILE_ROWS; rows -= TILE_ROWS, x += TILE_ROWS * inner, y += TILE_ROWS * stride) {
        tile(TILE_ROWS, x, inner, panel, bias, y, stride, ahead, lines);
        ahead += inner / ROUND * lines * CENC_PANEL;
    }
    // What is left has a tile of its own size: a question has hardly more rows than that.
    switch (rows) {
#if TILE_ROWS > 2
        case 5: tile(5, x, inner, panel, bias, y, stride, ahead, lines); break;
        case 4: tile(4, x, inner, panel, bias, y, stride, ahead, lines); break;
        case 3: tile(3, x, inner, panel, bias, y, stride, ahead, lines); break;
        case 2: tile(2, x, inner, panel, bias, y, stride, ahead, lines); break;
#endif
        case 1: tile(1, x, inner, panel, bias, y, stride, ahead, lines); break;
        default: break;
    }
}

TARGET void FORM(cenc_linear)(const float *x, size_t rows, size_t inner, const float *packed, const float *bias,
                              size_t outputs, float *y, size_t stride) {
    for (size_t from = 0; from < rows; from += BLOCK_ROWS) {
        size_t count = from + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - from, o = 0;
        const float *block = x + from * inner;
        float *out = y + from * stride;
        for (; o + CENC_PANEL <= outputs; o += CENC_PANEL)
            rows_of_panel(block, count, inner, packed + o * inner, bias + o, out + o, stride);
        if (o == outputs) continue;
        // The last panel is not full: what it has too much goes nowhere.
        float shift[CENC_PANEL] = {0}, row[CENC_PANEL];
        memcpy(shift, bias + o, (outputs - o) * sizeof(float));
        for (size_t r = 0; r < count; r++) {
            tile(1, block + r * inner, inner, packed + o * inner, shift, row, CENC_PANEL, packed, 0);
            memcpy(out + r * stride + o, row, (outputs - o) * sizeof(float));
        }
    }
}

// MARK: Functions

// e to the v, for v from -87 to 88; below, about 1e-38. Split into a power of two and a rest of at most ln 2 / 2,
// whose series to the seventh power is exact to the last bit but one.
INLINE vec exponential(vec v) {
    const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves an integer in the low bits
    v = clamp(v, -87.0f, 88.0f);
    vec shifted = v * 1.44269504f + round;
    vec power = shifted - round;
    vec r = v - power * 0.693359375f;
    r = r + power * 2.12194440e-4f;
    vec p = r * (1.0f / 5040) + (1.0f / 720);
    p = p * r + (1.0f / 120);
    p = p * r + (1.0f / 24);
    p = p * r + (1.0f / 6);
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return (vec)((ivec)p + ((ivec)shifted << 23));
}

// erf(v / sqrt 2) as v * P(v²) / Q(v²), a fit over -NEAR...NEAR with an error of 2e-8 before rounding.
#define NEAR 5.6f
INLINE vec error_function(vec v) {
    vec t = v * v;
    vec p = t * 4.459453606386887e-08f + 1.2579536814882886e-05f;
    p = p * t + 0.0003378599649295211f;
    p = p * t + 0.009354709647595882f;
    p = p * t + 0.06785823404788971f;
    p = p * t + 0.7978845238685608f;
    vec q = t * 1.1796520311690983e-06f + 7.33443521312438e-05f;
    q = q * t + 0.0018854961963370442f;
    q = q * t + 0.028677605092525482f;
    q = q * t + 0.2517140209674835f;
    q = q * t + 1.0f;
    return v * p / q;
}

// Beyond NEAR, Φ is 0 or 1.
INLINE vec gelu(vec v) {
    vec near = 0.5f * v * (error_function(clamp(v, -NEAR, NEAR)) + 1.0f);
    return choose(v > NEAR, v, choose(v < -NEAR, all(0), near));
}

TARGET void FORM(cenc_gelu)(float *values, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(values + i, gelu(load(values + i)));
    if (i == count) return;
    float rest[LANES] = {0};
    memcpy(rest, values + i, (count - i) * sizeof(float));
    store(rest, gelu(load(rest)));
    memcpy(values + i, rest, (count - i) * sizeof(float));
}

TARGET void FORM(cenc_add_norm)(float *x, const float *added, size_t rows, size_t n, const float *scale,
                                const float *shift, float epsilon) {
    for (size_t r = 0; r < rows; r++, x += n, added += n) {
        vec sums = {0};
        float rest = 0;
        size_t i = 0;
        for (; i + LANES <= n; i += LANES) {
            vec v = load(x + i) + load(added + i);
            store(x + i, v);
            sums += v;
        }
        for (; i < n; i++) rest += x[i] += added[i];
        float mean = (total(sums) + rest) / (float)n;
        vec squares = {0};
        rest = 0;
        for (i = 0; i + LANES <= n; i += LANES) {
            vec d = load(x + i) - mean;
            squares += d * d;
        }
        for (; i < n; i++) rest += (x[i] - mean) * (x[i] - mean);
        float factor = 1 / sqrtf((total(squares) + rest) / (float)n + epsilon);
        for (i = 0; i + LANES <= n; i += LANES)
            store(x + i, (load(x + i) - mean) * factor * load(scale + i) + load(shift + i));
        for (; i < n; i++) x[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    }
}

// MARK: Attention

// One row of scores becomes weights; returns one divided by their sum. `room` is the row's length rounded up to whole
// vectors; what lies behind `count` becomes zero.
INLINE float soften(float *scores, size_t count, size_t room, float scale) {
    for (size_t i = count; i < room; i++) scores[i] = -INFINITY;
    vec most = load(scores), sums = {0};
    for (size_t i = LANES; i < room; i += LANES) most = larger(most, load(scores + i));
    float top = most[0];
    UNROLL for (int i = 1; i < LANES; i++) top = most[i] > top ? most[i] : top;
    for (size_t i = 0; i < room; i += LANES) {
        vec e = exponential((load(scores + i) - top) * scale);
        store(scores + i, e);
        sums += e;
    }
    float extra = 0;
    for (size_t i = count; i < room; i++) {
        extra += scores[i];
        scores[i] = 0;
    }
    return 1 / (total(sums) - extra);
}

// The inner products of ROWS queries and KEYS keys, each sum in a vector of its own.
INLINE void products(const int ROWS, const float *q, const float *k, size_t stride, float *out, size_t out_stride) {
    vec s[QUERIES][KEYS];
    UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int t = 0; t < KEYS; t++) s[r][t] = (vec){0};
    UNROLL for (size_t i = 0; i < CENC_HEAD; i += LANES) {
        vec qs[QUERIES];
        UNROLL for (int r = 0; r < ROWS; r++) qs[r] = load(q + (size_t)r * stride + i);
        UNROLL for (int t = 0; t < KEYS; t++) {
            vec ks = load(k + (size_t)t * stride + i);
            UNROLL for (int r = 0; r < ROWS; r++) s[r][t] += qs[r] * ks;
        }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
        vec4 sums = totals(fold(s[r][0]), fold(s[r][1]), fold(s[r][2]), fold(s[r][3]));
        memcpy(out + (size_t)r * out_stride, &sums, sizeof sums);
    }
}

INLINE float product(const float *q, const float *k) {
    vec s = {0};
    UNROLL for (size_t i = 0; i < CENC_HEAD; i += LANES) s += load(q + i) * load(k + i);
    return total(s);
}

INLINE void attend(const int ROWS, const float *q, const float *k, const float *v, size_t stride, size_t tokens,
                   float *out, size_t out_stride, float *scratch) {
    size_t room = (tokens + LANES - 1) / LANES * LANES, t = 0;
    for (; t + KEYS <= tokens; t += KEYS) products(ROWS, q, k + t * stride, stride, scratch + t, room);
    for (; t < tokens; t++)
        UNROLL for (int r = 0; r < ROWS; r++)
            scratch[(size_t)r * room + t] = product(q + (size_t)r * stride, k + t * stride);
    float factors[QUERIES];
    UNROLL for (int r = 0; r < ROWS; r++)
        factors[r] = soften(scratch + (size_t)r * room, tokens, room, 0.17677669529663687f);  // 1 / sqrt(32)
    // Four vectors of columns at a time, so that the sums of all rows stay in registers.
    for (size_t column = 0; column < CENC_HEAD; column += 4 * LANES) {
        vec s[QUERIES][4];
        UNROLL for (int r = 0; r < ROWS; r++) UNROLL for (int c = 0; c < 4; c++) s[r][c] = (vec){0};
        for (t = 0; t < tokens; t++) {
            UNROLL for (int c = 0; c < 4; c++) {
                vec value = load(v + t * stride + column + (size_t)c * LANES);
                UNROLL for (int r = 0; r < ROWS; r++) s[r][c] += value * scratch[(size_t)r * room + t];
            }
        }
        UNROLL for (int r = 0; r < ROWS; r++)
            UNROLL for (int c = 0; c < 4; c++)
                store(out + (size_t)r * out_stride + column + (size_t)c * LANES, s[r][c] * factors[r]);
    }
}

TARGET void FORM(cenc_attention)(const float *qkv, size_t tokens, size_t heads, float *out, float *scratch) {
    size_t width = heads * CENC_HEAD, stride = 3 * width;
    for (size_t head = 0; head < heads; head++) {
        const float *q = qkv + head * CENC_HEAD, *k = q + width, *v = k + width;
        float *o = out + head * CENC_HEAD;
        size_t t = 0;
        for (; t + QUERIES <= tokens; t += QUERIES)
            attend(QUERIES, q + t * stride, k, v, stride, tokens, o + t * width, width, scratch);
        for (; t < tokens; t++) attend(1, q + t * stride, k, v, stride, tokens, o + t * width, width, scratch);
    }
}
