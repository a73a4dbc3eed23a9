// What search and storage need beside the products.

#define _DEFAULT_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "CVecKernels.h"

#define BLOCK 16

double cvec_squared_length(const float *a, size_t n) {
    double lanes[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) lanes[j] += (double)a[i + j] * (double)a[i + j];
    double rest = 0;
    for (; i < n; i++) rest += (double)a[i] * (double)a[i];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest;
}

static inline int passes(float dot, float length, float a, float b, float c, float d) {
    return dot * a + (length * b + c) * length + d >= 0;
}

// Nearly every row fails, so a block is tested as a whole, without a branch a row.
size_t cvec_next_candidate(const float *dots, const float *lengths, size_t from, size_t count, float a, float b,
                           float c, float d) {
    size_t i = from;
    for (; i + BLOCK <= count; i += BLOCK) {
        int any = 0;
        for (size_t j = 0; j < BLOCK; j++) any |= passes(dots[i + j], lengths[i + j], a, b, c, d);
        if (any) break;
    }
    for (; i < count; i++)
        if (passes(dots[i], lengths[i], a, b, c, d)) return i;
    return count;
}

void cvec_wipe(void *memory, size_t bytes) { explicit_bzero(memory, bytes); }

void *cvec_pages(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void cvec_free_pages(void *memory, size_t bytes) { munmap(memory, bytes); }
