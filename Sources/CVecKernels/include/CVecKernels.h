// Arithmetic over vectors that Swift cannot do fast enough without machine-specific flags.
//
// Every function takes no lock and, but for `cvec_reserve`, allocates nothing. `n` is the dimension
// (numbers a vector), rows lie one after the other without padding, and no pointer needs more than its type's
// alignment. The plain names choose the best form for this processor on each call; `cvec_forms` lists all
// forms that it can run, so that tests can compare them. For one form, a row scored alone and the same row
// scored by the `_rows` or `_each` function give the same bits: search relies on it.

#ifndef JOBRAKER_CVECKERNELS_H
#define JOBRAKER_CVECKERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The inner product of a and b.
float cvec_dot(const float *a, const float *b, size_t n);

// The squared Euclidean distance of a and b.
float cvec_l2(const float *a, const float *b, size_t n);

// One query against `count` rows; out[i] belongs to row i.
void cvec_dot_rows(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_l2_rows(const float *query, const float *rows, size_t count, size_t n, float *out);

// The same for rows that lie apart. While one is computed, the next are fetched.
void cvec_dot_each(const float *query, const float *_Nonnull const *_Nonnull rows, size_t count, size_t n, float *out);
void cvec_l2_each(const float *query, const float *_Nonnull const *_Nonnull rows, size_t count, size_t n, float *out);

// --- Codes: rows in a bit or a byte a number, whose sums with a query estimate its inner products. ---

// A row that a scan over codes could not rule out.
typedef struct {
    float bound;
    uint32_t row;
} cvec_candidate;

// What a scan makes of a row's integer sum I: the bound (I * scale + offset) * factor[row] + constant[row]
// + base, in this order and without fused operations, so that all forms give the same bits. A row becomes a
// candidate unless its bound is below the floor.
typedef struct {
    float scale, offset, base, floor;
    // Bit i % 64 of word i / 64 says whether row i may be a candidate. NULL: all may.
    const uint64_t *_Nullable allowed;
    // Added to the row numbers that the candidates carry.
    uint32_t first;
} cvec_scan;

#define CVEC_BLOCK 32  // rows that bit codes interleave

// Bit codes lie in blocks of 32 rows; n is a multiple of 64. A block is n/4 groups of 16 bytes: the lower half
// of byte j holds the signs of four numbers of row j, the upper half those of row 16 + j, set for not negative.
// `table` has for each group what each of the 16 patterns of signs adds to I: 0 to 63, so that 4096 numbers fit
// 16 bits. `factors` and `constants` can be read up to the end of a block. Writes the candidates to `out`, which
// has room for `count`, and returns how many there are.
size_t cvec_bits_scan(const uint8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                      const uint8_t *table, const cvec_scan *scan, cvec_candidate *out);

// Byte codes: n bytes a row, n a multiple of 32, from -127 to 127. I is the inner product with the query's.
size_t cvec_bytes_scan(const int8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                       const int8_t *query, const cvec_scan *scan, cvec_candidate *out);

// out = row * scale - centre, the sum of its squares, and its inner product with the centre.
void cvec_residual(const float *row, float scale, const float *centre, size_t n, float *out, double *squares,
                   double *along);

// Puts the signs of a vector into a block; returns the sum of the numbers' magnitudes.
double cvec_bits_encode(const float *vector, size_t n, uint8_t *block, size_t row);
// Clears a row of a block.
void cvec_bits_clear(uint8_t *block, size_t n, size_t row);
// The table of a query: S = I * scale + offset estimates the sum of its numbers, each with the sign of a row's.
void cvec_bits_table(const float *query, size_t n, uint8_t *table, float *scale, float *offset);

// Rounds a vector to bytes; the numbers are about code * step. Returns the sum of the squared codes.
double cvec_bytes_encode(const float *vector, size_t n, int8_t *code, float *step);

// How many deviations above its mean a normal variable is with a probability of `tail`, 0 < tail <= 1/2.
double cvec_deviations(double tail);

// Rotates a vector in place: in each round every number is multiplied by that round's, then a fast Hadamard
// transform mixes the first or (every other round) the last 2^k numbers, the most that fit, and then, unless
// those are all, each number of the first half is mixed with its counterpart of the second half. Orthogonal
// when the multipliers make it so: see `Rotation`.
void cvec_rotate(float *vector, size_t n, const float *multipliers, size_t rounds);

// --- What search and storage need beside. ---

// The sum of squares in double precision. Finite numbers cannot overflow it, so a result that is not
// finite says that the vector holds a NaN or an infinity.
double cvec_squared_length(const float *a, size_t n);

// The first i in from..<count with  dot*a + (length*b + c)*length + d >= 0,  or count if there is none.
size_t cvec_next_candidate(const float *dots, const float *lengths, size_t from, size_t count, float a, float b,
                           float c, float d);

// Begins to read memory that will be needed soon.
static inline void cvec_prefetch(const void *memory) { __builtin_prefetch(memory); }

// Writes zeros that the compiler may not leave out, even if the memory is freed next.
void cvec_wipe(void *memory, size_t bytes);

#define CVEC_LARGE_PAGE 2097152

// Memory of zeros that takes room only where it is written. Begins at a multiple of a large page; its size is a
// multiple of 4096. NULL if there is none.
void *_Nullable cvec_reserve(size_t bytes);
void cvec_release(void *memory, size_t bytes);
// Takes the room for a part of it at once, in a fraction of the time that the first write to each page takes. Where the
// system cannot, it comes with these.
void cvec_fill_up(void *memory, size_t bytes);
// Gives the room of a part of it back to the system; it is zeros again. In whole pages of 4096 bytes.
void cvec_give_back(void *memory, size_t bytes);
// Makes one large page of a part of it that begins at a multiple of one, whatever it holds. Returns 0 if the system
// did not, or not yet.
int cvec_use_large_page(void *memory);

// --- The forms. ---

typedef struct {
    const char *name;
    float (*dot)(const float *a, const float *b, size_t n);
    float (*l2)(const float *a, const float *b, size_t n);
    void (*dot_rows)(const float *query, const float *rows, size_t count, size_t n, float *out);
    void (*l2_rows)(const float *query, const float *rows, size_t count, size_t n, float *out);
    void (*dot_each)(const float *query, const float *_Nonnull const *_Nonnull rows, size_t count, size_t n,
                     float *out);
    void (*l2_each)(const float *query, const float *_Nonnull const *_Nonnull rows, size_t count, size_t n,
                    float *out);
    size_t (*bits_scan)(const uint8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                        const uint8_t *table, const cvec_scan *scan, cvec_candidate *out);
    size_t (*bytes_scan)(const int8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                         const int8_t *query, const cvec_scan *scan, cvec_candidate *out);
} cvec_form;

// The index-th form that this processor can run, the best one first and the portable one last; NULL after that.
const cvec_form *_Nullable cvec_form_at(size_t index);

// The name of the form in use: "avx512", "avx2", "neon" or "portable".
const char *cvec_variant(void);

// --- BLAS. ---

// Tells OpenBLAS, when it is the BLAS that was loaded, how many threads to use. Returns 1 if it was there,
// 0 if another library serves BLAS (it is then left as it is).
int cvec_openblas_set_threads(int threads);

// Whether the process has a function of this name.
int cvec_has_function(const char *name);

// The file of the library that this function comes from, or NULL.
const char *_Nullable cvec_library_of(const char *name);

#pragma clang assume_nonnull end

#endif
