// The float32 inner loops of the Winograd convolution, compiled once per instruction set and chosen at run time.
#pragma once

#include <cstdint>

namespace diffusharp {

constexpr int kWinogradPositions = 16;     // of a transformed 4x4 input tile
constexpr std::int64_t kWinogradTiles = 48;  // output tiles (2x2) worked on at a time; a multiple of the rows of a product

// A channels-last convolution, 3x3, stride 1, padding 1.
struct WinogradImage {
    std::int64_t height, width, channels, outputs;
};

struct WinogradTable {
    // Output channels are handled in panels of this many; their number must be divisible by it.
    std::int64_t panel;

    // v[16][kWinogradTiles][channels] from `count` tiles of x; `zeros` is a row of zeros, one per channel.
    void (*transform_input)(const WinogradImage& image, std::int64_t first, std::int64_t count, const float* x,
                            const float* zeros, float* v);

    // m[16][kWinogradTiles][panel] = v * u with u[16][channels][panel].
    void (*multiply)(std::int64_t count, std::int64_t channels, const float* v, const float* u, float* m);

    // Writes the outputs [first_output, first_output + panel) of `count` tiles to y.
    void (*transform_output)(const WinogradImage& image, std::int64_t first, std::int64_t count, std::int64_t first_output,
                             const float* m, const float* bias, float* y);

    // d[16][kWinogradTiles][panel] = A dY A^T from the outputs [first_output, first_output + panel) of `count` tiles of dy.
    void (*transform_gradient)(const WinogradImage& image, std::int64_t first, std::int64_t count, std::int64_t first_output,
                               const float* dy, float* d);

    // s[16][channels][panel] += v^T d, the gradient of the transformed weight.
    void (*accumulate)(std::int64_t count, std::int64_t channels, const float* v, const float* d, float* s);
};

// The table for this processor, or null without AVX2 (ATEN_CPU_CAPABILITY lowers the choice, as for kernels()).
const WinogradTable* winograd();

extern const WinogradTable avx2_winograd;
extern const WinogradTable avx512_winograd;

}  // namespace diffusharp
