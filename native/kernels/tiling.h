// How a [N,C,H,W] tensor is cut into tiles, and in which order the phases of an operator visit them.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "kernel_table.h"

namespace diffusharp {

// The cut depends on the shape only, never on the number of threads: sums are always added in the same order.
class Tiling {
public:
    Tiling(const at::Tensor& x, bool channels_last)
        : samples(x.size(0)), channels(x.size(1)), pixels(x.size(2) * x.size(3)), channels_last_(channels_last) {
        constexpr std::int64_t kTileValues = 8192;
        if (channels_last) {
            tile_pixels_ = std::clamp<std::int64_t>(kTileValues / channels, 16, 256);
            tile_channels_ = channels;
        } else {
            tile_pixels_ = std::min<std::int64_t>(pixels, kTileValues / 2);
            tile_channels_ = std::clamp<std::int64_t>(kTileValues / tile_pixels_, 1, channels);
        }
        rows = at::divup(pixels, tile_pixels_);
        channel_tiles_ = at::divup(channels, tile_channels_);
    }

    std::int64_t tiles() const { return rows * channel_tiles_; }

    // The pixels of tiles in row r of the cut.
    std::int64_t pixels_in_row(std::int64_t r) const { return std::min(tile_pixels_, pixels - r * tile_pixels_); }

    // Where tile t of sample n lies.
    struct Place {
        Tile tile;
        std::int64_t offset;         // of its first value in the tensor
        std::int64_t first_channel;  // of the tile, in [0, C)
        std::int64_t row;            // of the cut, in [0, rows)
    };

    Place place(std::int64_t n, std::int64_t t) const {
        const std::int64_t row = t % rows, c = t / rows * tile_channels_, p = row * tile_pixels_;
        const Tile tile{pixels_in_row(row), std::min(tile_channels_, channels - c), channels_last_ ? channels : pixels,
                        channels_last_};
        const std::int64_t inside = channels_last_ ? p * channels + c : c * pixels + p;
        return {tile, n * channels * pixels + inside, c, row};
    }

    const std::int64_t samples, channels, pixels;
    std::int64_t rows = 0;  // tiles along the pixels

private:
    bool channels_last_;
    std::int64_t tile_pixels_ = 0, tile_channels_ = 0, channel_tiles_ = 0;
};

// One pass over the tensor: a function of (sample, tile), or of (sample, 0) once a sample.
struct Phase {
    bool per_tile;
    std::function<void(std::int64_t, std::int64_t)> run;
};

// Runs the phases in order for every sample. With enough samples a thread takes a sample through all phases while it is in
// its cache; with few samples the threads share the tiles of each phase.
inline void run_phases(const Tiling& tiling, const std::vector<Phase>& phases) {
    constexpr std::int64_t kSerialValues = 16384;  // less work than this is not worth waking a thread
    const std::int64_t tiles = tiling.tiles();
    const std::int64_t sample_values = tiling.channels * tiling.pixels;
    const std::int64_t threads = at::get_num_threads();
    if (tiling.samples % threads == 0 || tiling.samples >= 4 * threads || tiling.samples * sample_values <= kSerialValues) {
        at::parallel_for(0, tiling.samples, std::max<std::int64_t>(1, kSerialValues / sample_values),
                         [&](std::int64_t begin, std::int64_t end) {
                             for (std::int64_t n = begin; n < end; ++n) {
                                 for (const Phase& phase : phases) {
                                     for (std::int64_t t = 0; t < (phase.per_tile ? tiles : 1); ++t) {
                                         phase.run(n, t);
                                     }
                                 }
                             }
                         });
        return;
    }
    for (const Phase& phase : phases) {
        const std::int64_t parts = phase.per_tile ? tiles : 1;
        at::parallel_for(0, tiling.samples * parts, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                phase.run(i / parts, i % parts);
            }
        });
    }
}

}  // namespace diffusharp
