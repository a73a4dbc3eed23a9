// Chooses the form. The compiler's runtime reads the processor's features before main and keeps them in a
// global, so that asking is a few loads: there is no state of our own to set up or to race for.

#include "forms.h"

#if defined(__x86_64__)

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static const cvec_form *best(void) {
    return has_avx512() ? &cvec_form_avx512 : has_avx2() ? &cvec_form_avx2 : &cvec_form_portable;
}

static const cvec_form *next(const cvec_form *form) {
    return form == &cvec_form_avx512 ? &cvec_form_avx2 : form == &cvec_form_avx2 ? &cvec_form_portable : NULL;
}

#elif defined(__aarch64__)

static const cvec_form *best(void) { return &cvec_form_neon; }
static const cvec_form *next(const cvec_form *form) { return form == &cvec_form_neon ? &cvec_form_portable : NULL; }

#else

static const cvec_form *best(void) { return &cvec_form_portable; }
static const cvec_form *next(const cvec_form *form) { return NULL; }

#endif

const cvec_form *cvec_form_at(size_t index) {
    const cvec_form *form = best();
    for (; form != NULL && index > 0; index--) form = next(form);
    return form;
}

const char *cvec_variant(void) { return best()->name; }

float cvec_dot(const float *a, const float *b, size_t n) { return best()->dot(a, b, n); }

float cvec_l2(const float *a, const float *b, size_t n) { return best()->l2(a, b, n); }

void cvec_dot_rows(const float *query, const float *rows, size_t count, size_t n, float *out) {
    best()->dot_rows(query, rows, count, n, out);
}

void cvec_l2_rows(const float *query, const float *rows, size_t count, size_t n, float *out) {
    best()->l2_rows(query, rows, count, n, out);
}

void cvec_dot_each(const float *query, const float *const *rows, size_t count, size_t n, float *out) {
    best()->dot_each(query, rows, count, n, out);
}

void cvec_l2_each(const float *query, const float *const *rows, size_t count, size_t n, float *out) {
    best()->l2_each(query, rows, count, n, out);
}

size_t cvec_bits_scan(const uint8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                      const uint8_t *table, const cvec_scan *scan, cvec_candidate *out) {
    return best()->bits_scan(codes, factors, constants, count, n, table, scan, out);
}

size_t cvec_bytes_scan(const int8_t *codes, const float *factors, const float *constants, size_t count, size_t n,
                       const int8_t *query, const cvec_scan *scan, cvec_candidate *out) {
    return best()->bytes_scan(codes, factors, constants, count, n, query, scan, out);
}
