// Inner loops of the Winograd convolution F(2x2, 3x3), compiled once per instruction set like tile_kernels.cpp.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016): Y = A^T [(G g G^T) . (B^T d B)] A.
#include "lanes.h"
#include "winograd_table.h"

namespace {

using diffusharp::WinogradImage;
using std::int64_t;

constexpr int kLanes = DIFFUSHARP_LANES;
constexpr int kRows = kLanes == 16 ? 12 : 6;  // with two vectors a row, the accumulators fill most of the registers
constexpr int64_t kPanel = 2 * kLanes;
constexpr int kPositions = diffusharp::kWinogradPositions;

// A 4-vector of the one-dimensional transforms.
template <int W>
DIFFUSHARP_INLINE void input_line(Vec<W> a, Vec<W> b, Vec<W> c, Vec<W> d, Vec<W>* out, int step) {
    out[0] = a - c;
    out[step] = b + c;
    out[2 * step] = c - b;
    out[3 * step] = b - d;
}

template <int W>
DIFFUSHARP_INLINE int64_t transform_channels(const float* const* sources, int64_t c, int64_t channels, int64_t position_stride,
                                             float* out) {
    for (; c + W <= channels; c += W) {
        Vec<W> columns[16], values[16];
        for (int j = 0; j < 4; ++j) {
            input_line<W>(load<W>(sources[j] + c), load<W>(sources[4 + j] + c), load<W>(sources[8 + j] + c),
                          load<W>(sources[12 + j] + c), columns + j, 4);
        }
        for (int i = 0; i < 4; ++i) {
            const Vec<W>* line = columns + 4 * i;
            input_line<W>(line[0], line[1], line[2], line[3], values + 4 * i, 1);
        }
        for (int p = 0; p < kPositions; ++p) {
            store<W>(out + p * position_stride + c, values[p]);
        }
    }
    return c;
}

// Where output tile `index` of the image batch lies.
struct TilePlace {
    int64_t sample, row, column;

    TilePlace(const WinogradImage& image, int64_t index) {
        const int64_t across = (image.width + 1) / 2, down = (image.height + 1) / 2;
        column = index % across * 2;
        row = index / across % down * 2;
        sample = index / (across * down);
    }
};

void transform_input(const WinogradImage& image, int64_t first, int64_t count, const float* x, const float* zeros, float* v) {
    const int64_t channels = image.channels, position_stride = diffusharp::kWinogradTiles * channels;
    for (int64_t t = 0; t < count; ++t) {
        const TilePlace place(image, first + t);
        const float* sample = x + place.sample * image.height * image.width * channels;
        const float* sources[16];
        for (int64_t i = 0; i < 16; ++i) {
            const int64_t r = place.row - 1 + i / 4, c = place.column - 1 + i % 4;
            const bool inside = r >= 0 && r < image.height && c >= 0 && c < image.width;
            sources[i] = inside ? sample + (r * image.width + c) * channels : zeros;
        }
        const int64_t c = transform_channels<kLanes>(sources, 0, channels, position_stride, v + t * channels);
        transform_channels<1>(sources, c, channels, position_stride, v + t * channels);
    }
}

// m[16][tiles][panel] = v[16][tiles][channels] * u[16][channels][panel], one product per position.
void multiply(int64_t count, int64_t channels, const float* v, const float* u, float* m) {
    for (int p = 0; p < kPositions; ++p) {
        const float* panel = u + p * channels * kPanel;
        for (int64_t t = 0; t < count; t += kRows) {
            const float* rows = v + (p * diffusharp::kWinogradTiles + t) * channels;
            Vec<kLanes> left[kRows] = {}, right[kRows] = {};
            for (int64_t c = 0; c < channels; ++c) {
                const Vec<kLanes> b0 = load<kLanes>(panel + c * kPanel), b1 = load<kLanes>(panel + c * kPanel + kLanes);
#pragma GCC unroll 12
                for (int r = 0; r < kRows; ++r) {
                    const float a = rows[r * channels + c];
                    left[r] += a * b0;
                    right[r] += a * b1;
                }
            }
            float* out = m + (p * diffusharp::kWinogradTiles + t) * kPanel;
            for (int r = 0; r < kRows; ++r) {
                store<kLanes>(out + r * kPanel, left[r]);
                store<kLanes>(out + r * kPanel + kLanes, right[r]);
            }
        }
    }
}

void transform_output(const WinogradImage& image, int64_t first, int64_t count, int64_t first_output, const float* m,
                      const float* bias, float* y) {
    constexpr int64_t position_stride = diffusharp::kWinogradTiles * kPanel;
    const int64_t outputs = image.outputs;
    for (int64_t t = 0; t < count; ++t) {
        const TilePlace place(image, first + t);
        const bool two_rows = place.row + 1 < image.height, two_columns = place.column + 1 < image.width;
        float* corner = y + ((place.sample * image.height + place.row) * image.width + place.column) * outputs + first_output;
        for (int64_t k = 0; k < kPanel; k += kLanes) {
            Vec<kLanes> top[4], bottom[4];
            for (int j = 0; j < 4; ++j) {
                const float* source = m + j * position_stride + t * kPanel + k;
                const Vec<kLanes> a = load<kLanes>(source), b = load<kLanes>(source + 4 * position_stride),
                                  c = load<kLanes>(source + 8 * position_stride),
                                  d = load<kLanes>(source + 12 * position_stride);
                top[j] = a + b + c;
                bottom[j] = b - c - d;
            }
            const Vec<kLanes> shift = load<kLanes>(bias + first_output + k);
            float* out = corner + k;
            store<kLanes>(out, top[0] + top[1] + top[2] + shift);
            if (two_columns) {
                store<kLanes>(out + outputs, top[1] - top[2] - top[3] + shift);
            }
            if (two_rows) {
                out += image.width * outputs;
                store<kLanes>(out, bottom[0] + bottom[1] + bottom[2] + shift);
                if (two_columns) {
                    store<kLanes>(out + outputs, bottom[1] - bottom[2] - bottom[3] + shift);
                }
            }
        }
    }
}

// A dY A^T of `count` tiles of dy, a panel of outputs.
void transform_gradient(const WinogradImage& image, int64_t first, int64_t count, int64_t first_output, const float* dy, float* d) {
    constexpr int64_t position_stride = diffusharp::kWinogradTiles * kPanel;
    const int64_t outputs = image.outputs;
    for (int64_t t = 0; t < count; ++t) {
        const TilePlace place(image, first + t);
        const bool two_rows = place.row + 1 < image.height, two_columns = place.column + 1 < image.width;
        const float* corner = dy + ((place.sample * image.height + place.row) * image.width + place.column) * outputs + first_output;
        for (int64_t k = 0; k < kPanel; k += kLanes) {
            const float* above = corner + k;
            const float* below = above + image.width * outputs;
            const Vec<kLanes> none{};
            const Vec<kLanes> values[2][2] = {
                {load<kLanes>(above), two_columns ? load<kLanes>(above + outputs) : none},
                {two_rows ? load<kLanes>(below) : none, two_rows && two_columns ? load<kLanes>(below + outputs) : none}};
            Vec<kLanes> lines[4][2];
            for (int j = 0; j < 2; ++j) {
                lines[0][j] = values[0][j];
                lines[1][j] = values[0][j] + values[1][j];
                lines[2][j] = values[0][j] - values[1][j];
                lines[3][j] = -values[1][j];
            }
            for (int i = 0; i < 4; ++i) {
                float* out = d + 4 * i * position_stride + t * kPanel + k;
                store<kLanes>(out, lines[i][0]);
                store<kLanes>(out + position_stride, lines[i][0] + lines[i][1]);
                store<kLanes>(out + 2 * position_stride, lines[i][0] - lines[i][1]);
                store<kLanes>(out + 3 * position_stride, -lines[i][1]);
            }
        }
    }
}

template <int Rows>
DIFFUSHARP_INLINE int64_t accumulate_rows(int64_t c, int64_t count, int64_t channels, const float* v, const float* d, float* s) {
    for (; c + Rows <= channels; c += Rows) {
        Vec<kLanes> left[Rows], right[Rows];
        for (int r = 0; r < Rows; ++r) {
            left[r] = load<kLanes>(s + (c + r) * kPanel);
            right[r] = load<kLanes>(s + (c + r) * kPanel + kLanes);
        }
        for (int64_t t = 0; t < count; ++t) {
            const Vec<kLanes> b0 = load<kLanes>(d + t * kPanel), b1 = load<kLanes>(d + t * kPanel + kLanes);
#pragma GCC unroll 8
            for (int r = 0; r < Rows; ++r) {
                const float a = v[t * channels + c + r];
                left[r] += a * b0;
                right[r] += a * b1;
            }
        }
        for (int r = 0; r < Rows; ++r) {
            store<kLanes>(s + (c + r) * kPanel, left[r]);
            store<kLanes>(s + (c + r) * kPanel + kLanes, right[r]);
        }
    }
    return c;
}

void accumulate(int64_t count, int64_t channels, const float* v, const float* d, float* s) {
    for (int64_t p = 0; p < kPositions; ++p) {
        const float* inputs = v + p * diffusharp::kWinogradTiles * channels;
        const float* gradients = d + p * diffusharp::kWinogradTiles * kPanel;
        float* sums = s + p * channels * kPanel;
        const int64_t c = accumulate_rows<kLanes == 16 ? 8 : 4>(0, count, channels, inputs, gradients, sums);
        accumulate_rows<1>(c, count, channels, inputs, gradients, sums);
    }
}

}  // namespace

namespace diffusharp {

const WinogradTable DIFFUSHARP_WINOGRAD_TABLE = {kPanel,           transform_input,    multiply,
                                                 transform_output, transform_gradient, accumulate};

}  // namespace diffusharp
