// Arithmetic over Float32 vectors that Swift cannot do fast enough without machine-specific flags.
//
// Every function is pure, takes no lock and allocates nothing. `n` is the dimension (numbers a vector),
// rows lie one after the other without padding, and no pointer needs more than Float's alignment.
// The plain names choose the best form for this processor on each call; the `_portable` names are the
// form without intrinsics, exported so that tests can compare the two. For one form, a row scored alone
// and the same row scored by the `_rows` function give the same bits: search relies on it.

#ifndef JOBRAKER_CVECKERNELS_H
#define JOBRAKER_CVECKERNELS_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// The inner product of a and b.
float cvec_dot(const float *a, const float *b, size_t n);
float cvec_dot_portable(const float *a, const float *b, size_t n);

// The squared Euclidean distance of a and b.
float cvec_l2(const float *a, const float *b, size_t n);
float cvec_l2_portable(const float *a, const float *b, size_t n);

// One query against `count` rows; out[i] belongs to row i.
void cvec_dot_rows(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_dot_rows_portable(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_l2_rows(const float *query, const float *rows, size_t count, size_t n, float *out);
void cvec_l2_rows_portable(const float *query, const float *rows, size_t count, size_t n, float *out);

// The sum of squares in double precision. Finite numbers cannot overflow it, so a result that is not
// finite says that the vector holds a NaN or an infinity.
double cvec_squared_length(const float *a, size_t n);

// The first i in from..<count with  dot*a + (length*b + c)*length + d >= 0,  or count if there is none.
size_t cvec_next_candidate(const float *dots, const float *lengths, size_t from, size_t count, float a, float b,
                           float c, float d);

// Writes zeros that the compiler may not leave out, even if the memory is freed next.
void cvec_wipe(void *memory, size_t bytes);

// The form in use: "avx2", "neon" or "portable".
const char *cvec_variant(void);

// Tells OpenBLAS, when it is the BLAS that was loaded, how many threads to use. Returns 1 if it was there,
// 0 if another library serves BLAS (it is then left as it is).
int cvec_openblas_set_threads(int threads);

#pragma clang assume_nonnull end

#endif
