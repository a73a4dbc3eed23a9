// OpenBLAS takes a thread a core by default, which on a small busy machine makes small products slower by
// orders of magnitude. Its own call is looked up at run time, since the program links whatever BLAS the
// machine has.

#define _GNU_SOURCE
#include <dlfcn.h>

#include "CVecKernels.h"

int cvec_openblas_set_threads(int threads) {
    void *symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (symbol == NULL) return 0;
    ((void (*)(int))symbol)(threads);
    return 1;
}

int cvec_has_function(const char *name) { return dlsym(RTLD_DEFAULT, name) != NULL; }

const char *cvec_library_of(const char *name) {
    void *symbol = dlsym(RTLD_DEFAULT, name);
    Dl_info info;
    return symbol != NULL && dladdr(symbol, &info) != 0 ? info.dli_fname : NULL;
}
