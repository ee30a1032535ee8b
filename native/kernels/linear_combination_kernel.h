// Inner loop of linear combinations in float64; part of tile_kernels.cpp, which is compiled once per instruction set.
#pragma once

#include "lanes.h"

namespace {

using std::int64_t;

template <class Source>
DIFFUSHARP_INLINE void accumulate(double* __restrict sum, const Source* __restrict x, int64_t count, double coefficient) {
    for (int64_t i = 0; i < count; ++i) {
        sum[i] += coefficient * double(x[i]);
    }
}

void linear_combination(int64_t begin, int64_t end, int64_t terms, const void* const* xs, const bool* is_double,
                        const double* coefficients, void* y, bool y_is_double) {
    constexpr int64_t kBlock = 1024;
    double sum[kBlock];
    for (int64_t first = begin; first < end; first += kBlock) {
        const int64_t count = end - first < kBlock ? end - first : kBlock;
        for (int64_t i = 0; i < count; ++i) {
            sum[i] = 0.0;
        }
        for (int64_t k = 0; k < terms; ++k) {
            if (is_double[k]) {
                accumulate(sum, static_cast<const double*>(xs[k]) + first, count, coefficients[k]);
            } else {
                accumulate(sum, static_cast<const float*>(xs[k]) + first, count, coefficients[k]);
            }
        }
        if (y_is_double) {
            __builtin_memcpy(static_cast<double*>(y) + first, sum, count * sizeof(double));
        } else {
            float* out = static_cast<float*>(y) + first;
            for (int64_t i = 0; i < count; ++i) {
                out[i] = float(sum[i]);
            }
        }
    }
}

}  // namespace
