// The float32 inner loops, compiled once per instruction set and chosen at run time.
#pragma once

#include <cstdint>

namespace diffusharp {

// A tile is a rectangle of a [N,C,H,W] tensor inside one sample that fits in the first-level cache.
//   channels-last: `pixels` rows of `channels` adjacent values, row stride `stride` (= C).
//   contiguous:    `channels` rows of `pixels` adjacent values, row stride `stride` (= H*W).
// Per-channel arguments are arrays with one entry per channel of the tile.
struct Tile {
    std::int64_t pixels;
    std::int64_t channels;
    std::int64_t stride;
    bool channels_last;
};

struct KernelTable {
    // centre[c] = mean over the pixels, rounded; deviation[c] = sum of x - centre; square[c] = sum of (x - centre)^2.
    void (*moments)(const Tile& tile, const float* x, float* centre, double* deviation, double* square);

    // y = f((x - centre) * slope + offset), f = SiLU if `silu`, else the identity.
    void (*normalise)(const Tile& tile, const float* x, const float* centre, const float* slope, const float* offset,
                      bool silu, float* y);

    // du = dy * f'((x - centre) * slope + offset), written to `du` if `silu` (else du = dy and `du` is untouched), and the sums over
    // the pixels of du, du * (x - centre) and x - centre.
    void (*gradient_sums)(const Tile& tile, const float* x, const float* dy, const float* centre, const float* slope,
                          const float* offset, bool silu, float* du, double* sum_du, double* sum_du_x, double* sum_x);

    // dx = du * slope - (x - centre) * curve - level. `du` and `dx` may be the same memory.
    void (*gradient)(const Tile& tile, const float* x, const float* du, const float* centre, const float* slope,
                     const float* curve, const float* level, float* dx);

    // y[i] = sum_k coefficients[k] * x_k[i], accumulated in float64; x_k is double where is_double[k], y where y_is_double.
    void (*linear_combination)(std::int64_t begin, std::int64_t end, std::int64_t terms, const void* const* xs,
                               const bool* is_double, const double* coefficients, void* y, bool y_is_double);
};

// The table for this processor. The environment variable ATEN_CPU_CAPABILITY (default, avx2, avx512), which ATen itself
// reads, lowers the choice.
const KernelTable& kernels();

// One per instruction set; defined by compiling tile_kernels.cpp with DIFFUSHARP_TABLE set to the name.
extern const KernelTable baseline_kernels;
extern const KernelTable avx2_kernels;
extern const KernelTable avx512_kernels;

}  // namespace diffusharp
