// Inner loops of the fused operators. Compiled once per instruction set (vectors of DIFFUSHARP_LANES floats, table named
// DIFFUSHARP_TABLE); includes no standard templates, so that no inline function built for one processor leaks to another.
#include "kernel_table.h"
#include "lanes.h"
#include "linear_combination_kernel.h"

namespace {

using diffusharp::Tile;
using std::int64_t;

constexpr int kLanes = DIFFUSHARP_LANES;

// Per-channel values as a vector: adjacent channels in channels-last, one channel repeated in contiguous layout.
template <int W>
DIFFUSHARP_INLINE Vec<W> per_channel(const float* values, int64_t c, bool channels_last) {
    return channels_last ? load<W>(values + c) : splat<W>(values[c]);
}

// The sum of all lanes, in pairs.
template <int W>
DIFFUSHARP_INLINE float lane_sum(Vec<W> v) {
    if constexpr (W == 1) {
        return v;
    } else {
        float lanes[W];
        store<W>(lanes, v);
        return lane_sum<W / 2>(load<W / 2>(lanes) + load<W / 2>(lanes + W / 2));
    }
}

// Adds the U vectors of a sum to the channels they belong to.
template <int W, int U>
DIFFUSHARP_INLINE void add_lanes(const Vec<W> (&v)[U], double* sums, int64_t c, bool channels_last) {
    if (!channels_last) {
        Vec<W> total = v[0];
        for (int u = 1; u < U; ++u) {
            total += v[u];
        }
        sums[c] += lane_sum<W>(total);
        return;
    }
    for (int u = 0; u < U; ++u) {
        float lanes[W];
        store<W>(lanes, v[u]);
        for (int i = 0; i < W; ++i) {
            sums[c + u * W + i] += lanes[i];
        }
    }
}

// Each operation Op is a class template over the vector width W and the number U of vectors a step handles:
// Op<W, U>(arguments, c) starts at channel c, step(i) handles the U * W values from offset i, finish(c) delivers sums.
template <template <int, int> class Op, int W, int U, class Arguments>
DIFFUSHARP_INLINE int64_t columns(const Tile& tile, const Arguments& arguments, int64_t c) {
    for (; c + W * U <= tile.channels; c += W * U) {
        Op<W, U> op(arguments, c);
        for (int64_t p = 0, i = c; p < tile.pixels; ++p, i += tile.stride) {
            op.step(i);
        }
        op.finish(arguments, c);
    }
    return c;
}

template <template <int, int> class Op, int W, int U, class Arguments>
DIFFUSHARP_INLINE int64_t row(const Tile& tile, const Arguments& arguments, int64_t c, int64_t p) {
    if (p + W * U > tile.pixels) {
        return p;
    }
    Op<W, U> op(arguments, c);
    for (; p + W * U <= tile.pixels; p += W * U) {
        op.step(c * tile.stride + p);
    }
    op.finish(arguments, c);
    return p;
}

template <template <int, int> class Op, int U, class Arguments>
DIFFUSHARP_INLINE void for_each_vector(const Tile& tile, const Arguments& arguments) {
    constexpr int kHalf = kLanes > 8 ? 8 : 4;
    if (tile.channels_last) {
        int64_t c = columns<Op, kLanes, U>(tile, arguments, 0);
        c = columns<Op, kLanes, 1>(tile, arguments, c);
        c = columns<Op, kHalf, 1>(tile, arguments, c);
        c = columns<Op, 4, 1>(tile, arguments, c);
        columns<Op, 1, 1>(tile, arguments, c);
        return;
    }
    for (int64_t c = 0; c < tile.channels; ++c) {
        int64_t p = row<Op, kLanes, U>(tile, arguments, c, 0);
        p = row<Op, kLanes, 1>(tile, arguments, c, p);
        p = row<Op, kHalf, 1>(tile, arguments, c, p);
        p = row<Op, 4, 1>(tile, arguments, c, p);
        row<Op, 1, 1>(tile, arguments, c, p);
    }
}

// --- moments ---------------------------------------------------------------------------------------------------------

struct SumArguments {
    const Tile& tile;
    const float* x;
    double* sum;
};

template <int W, int U>
struct Sum {
    const float* x;
    Vec<W> sum[U];

    DIFFUSHARP_INLINE Sum(const SumArguments& a, int64_t) : x(a.x), sum{} {}

    DIFFUSHARP_INLINE void step(int64_t i) {
        for (int u = 0; u < U; ++u) {
            sum[u] += load<W>(x + i + u * W);
        }
    }

    DIFFUSHARP_INLINE void finish(const SumArguments& a, int64_t c) {
        add_lanes<W, U>(sum, a.sum, c, a.tile.channels_last);
    }
};

struct DeviationArguments {
    const Tile& tile;
    const float* x;
    const float* centre;
    double* deviation;
    double* square;
};

template <int W, int U>
struct Deviation {
    const float* x;
    Vec<W> centre[U];
    Vec<W> sum[U];
    Vec<W> square[U];

    DIFFUSHARP_INLINE Deviation(const DeviationArguments& a, int64_t c) : x(a.x), sum{}, square{} {
        for (int u = 0; u < U; ++u) {
            centre[u] = per_channel<W>(a.centre, a.tile.channels_last ? c + u * W : c, a.tile.channels_last);
        }
    }

    DIFFUSHARP_INLINE void step(int64_t i) {
        for (int u = 0; u < U; ++u) {
            const Vec<W> d = load<W>(x + i + u * W) - centre[u];
            sum[u] += d;
            square[u] += d * d;
        }
    }

    DIFFUSHARP_INLINE void finish(const DeviationArguments& a, int64_t c) {
        add_lanes<W, U>(sum, a.deviation, c, a.tile.channels_last);
        add_lanes<W, U>(square, a.square, c, a.tile.channels_last);
    }
};

void moments(const Tile& tile, const float* x, float* centre, double* deviation, double* square) {
    for (int64_t c = 0; c < tile.channels; ++c) {
        deviation[c] = square[c] = 0.0;
    }
    for_each_vector<Sum, 4>(tile, SumArguments{tile, x, deviation});
    for (int64_t c = 0; c < tile.channels; ++c) {
        centre[c] = float(deviation[c] / double(tile.pixels));
        deviation[c] = 0.0;
    }
    for_each_vector<Deviation, 4>(tile, DeviationArguments{tile, x, centre, deviation, square});
}

// --- normalisation and activation ------------------------------------------------------------------------------------

struct NormaliseArguments {
    const Tile& tile;
    const float* x;
    const float* centre;
    const float* slope;
    const float* offset;
    float* y;
};

template <bool Silu>
struct Normalise {
    template <int W, int>
    struct Op {
        const float* x;
        float* y;
        Vec<W> centre, slope, offset;

        DIFFUSHARP_INLINE Op(const NormaliseArguments& a, int64_t c)
            : x(a.x),
              y(a.y),
              centre(per_channel<W>(a.centre, c, a.tile.channels_last)),
              slope(per_channel<W>(a.slope, c, a.tile.channels_last)),
              offset(per_channel<W>(a.offset, c, a.tile.channels_last)) {}

        DIFFUSHARP_INLINE void step(int64_t i) {
            const Vec<W> u = (load<W>(x + i) - centre) * slope + offset;
            store<W>(y + i, Silu ? u / (1.0f + exponential<W>(-u)) : u);
        }

        DIFFUSHARP_INLINE void finish(const NormaliseArguments&, int64_t) {}
    };
};

void normalise(const Tile& tile, const float* x, const float* centre, const float* slope, const float* offset, bool silu,
               float* y) {
    const NormaliseArguments arguments{tile, x, centre, slope, offset, y};
    if (silu) {
        for_each_vector<Normalise<true>::Op, 1>(tile, arguments);
    } else {
        for_each_vector<Normalise<false>::Op, 1>(tile, arguments);
    }
}

// --- gradient --------------------------------------------------------------------------------------------------------

struct GradientSumsArguments {
    const Tile& tile;
    const float* x;
    const float* dy;
    const float* centre;
    const float* slope;
    const float* offset;
    float* du;
    double* sum_du;
    double* sum_du_x;
    double* sum_x;
};

template <bool Silu>
struct GradientSums {
    template <int W, int>
    struct Op {
        const float* x;
        const float* dy;
        float* du;
        Vec<W> centre, slope, offset;
        Vec<W> sum_du[1]{}, sum_du_x[1]{}, sum_x[1]{};

        DIFFUSHARP_INLINE Op(const GradientSumsArguments& a, int64_t c)
            : x(a.x),
              dy(a.dy),
              du(a.du),
              centre(per_channel<W>(a.centre, c, a.tile.channels_last)),
              slope(per_channel<W>(a.slope, c, a.tile.channels_last)),
              offset(per_channel<W>(a.offset, c, a.tile.channels_last)) {}

        DIFFUSHARP_INLINE void step(int64_t i) {
            const Vec<W> d = load<W>(x + i) - centre;
            Vec<W> g = load<W>(dy + i);
            if constexpr (Silu) {
                const Vec<W> u = d * slope + offset;
                const Vec<W> s = 1.0f / (1.0f + exponential<W>(-u));
                g *= s + u * s * (1.0f - s);
                store<W>(du + i, g);
            }
            sum_du[0] += g;
            sum_du_x[0] += g * d;
            sum_x[0] += d;
        }

        DIFFUSHARP_INLINE void finish(const GradientSumsArguments& a, int64_t c) {
            add_lanes<W, 1>(sum_du, a.sum_du, c, a.tile.channels_last);
            add_lanes<W, 1>(sum_du_x, a.sum_du_x, c, a.tile.channels_last);
            add_lanes<W, 1>(sum_x, a.sum_x, c, a.tile.channels_last);
        }
    };
};

void gradient_sums(const Tile& tile, const float* x, const float* dy, const float* centre, const float* slope,
                   const float* offset, bool silu, float* du, double* sum_du, double* sum_du_x, double* sum_x) {
    for (int64_t c = 0; c < tile.channels; ++c) {
        sum_du[c] = sum_du_x[c] = sum_x[c] = 0.0;
    }
    const GradientSumsArguments arguments{tile, x, dy, centre, slope, offset, du, sum_du, sum_du_x, sum_x};
    if (silu) {
        for_each_vector<GradientSums<true>::Op, 1>(tile, arguments);
    } else {
        for_each_vector<GradientSums<false>::Op, 1>(tile, arguments);
    }
}

struct GradientArguments {
    const Tile& tile;
    const float* x;
    const float* du;
    const float* centre;
    const float* slope;
    const float* curve;
    const float* level;
    float* dx;
};

template <int W, int>
struct Gradient {
    const float* x;
    const float* du;
    float* dx;
    Vec<W> centre, slope, curve, level;

    DIFFUSHARP_INLINE Gradient(const GradientArguments& a, int64_t c)
        : x(a.x),
          du(a.du),
          dx(a.dx),
          centre(per_channel<W>(a.centre, c, a.tile.channels_last)),
          slope(per_channel<W>(a.slope, c, a.tile.channels_last)),
          curve(per_channel<W>(a.curve, c, a.tile.channels_last)),
          level(per_channel<W>(a.level, c, a.tile.channels_last)) {}

    DIFFUSHARP_INLINE void step(int64_t i) {
        const Vec<W> d = load<W>(x + i) - centre;
        store<W>(dx + i, load<W>(du + i) * slope - (d * curve + level));
    }

    DIFFUSHARP_INLINE void finish(const GradientArguments&, int64_t) {}
};

void gradient(const Tile& tile, const float* x, const float* du, const float* centre, const float* slope, const float* curve,
              const float* level, float* dx) {
    for_each_vector<Gradient, 1>(tile, GradientArguments{tile, x, du, centre, slope, curve, level, dx});
}

}  // namespace

namespace diffusharp {

const KernelTable DIFFUSHARP_TABLE = {moments, normalise, gradient_sums, gradient, linear_combination};

}  // namespace diffusharp
