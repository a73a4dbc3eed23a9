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

#define LARGE_PAGE ((size_t)CVEC_LARGE_PAGE)
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

void *cvec_reserve(size_t bytes) {
    // Large pages begin at multiples of their size, so some more is asked for, and what lies beside given back.
    char *memory = mmap(NULL, bytes + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)memory % LARGE_PAGE) % LARGE_PAGE;
    if (before > 0) munmap(memory, before);
    munmap(memory + before + bytes, LARGE_PAGE - before);
    return memory + before;
}

void cvec_release(void *memory, size_t bytes) { munmap(memory, bytes); }

void cvec_fill_up(void *memory, size_t bytes) { madvise(memory, bytes, MADV_POPULATE_WRITE); }

void cvec_give_back(void *memory, size_t bytes) { madvise(memory, bytes, MADV_DONTNEED); }

int cvec_use_large_page(void *memory) {
    // A system that does not know the second makes large pages in its own time, where the first was asked for.
    return madvise(memory, LARGE_PAGE, MADV_HUGEPAGE) == 0 && madvise(memory, LARGE_PAGE, MADV_COLLAPSE) == 0;
}
