#ifndef JOBRAKER_CBLAS_H
#define JOBRAKER_CBLAS_H
#include <cblas.h>
#endif
