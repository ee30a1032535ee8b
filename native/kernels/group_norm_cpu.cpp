#include "group_norm_cpu.h"

#include <cmath>

#include "tiling.h"

namespace diffusharp {

namespace {

bool is_channels_last(const at::Tensor& x) {
    return x.is_contiguous(at::MemoryFormat::ChannelsLast) && (x.size(1) > 1 || !x.is_contiguous());
}

at::Tensor dense(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.contiguous() : tensor;
}

template <class T>
T* data(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

// The arguments of one call with dense per-channel tensors, and u = (x - centre) * slope + offset as [N,C] coefficients.
class Affine {
public:
    Affine(const GroupNormArguments& arguments, const GroupNormStatistics& statistics)
        : add_(dense(arguments.add)),
          weight_(dense(arguments.weight)),
          bias_(dense(arguments.bias)),
          scale_(dense(arguments.scale)),
          shift_(dense(arguments.shift)),
          coefficients_(at::empty({3, arguments.x.size(0), arguments.x.size(1)}, arguments.x.options().memory_format(
              at::MemoryFormat::Contiguous))),
          channels_(arguments.x.size(1)),
          groups_(arguments.num_groups),
          add(data<float>(add_)),
          weight(data<float>(weight_)),
          bias(data<float>(bias_)),
          scale(data<float>(scale_)),
          shift(data<float>(shift_)),
          mean(data<double>(statistics.mean)),
          rstd(data<double>(statistics.rstd)),
          centre(data<float>(coefficients_)),
          slope(centre + arguments.x.size(0) * channels_),
          offset(slope + arguments.x.size(0) * channels_) {}

    double added(std::int64_t n, std::int64_t c) const { return add != nullptr ? double(add[n * channels_ + c]) : 0.0; }

    double scaling(std::int64_t n, std::int64_t c) const {
        return scale != nullptr ? 1.0 + double(scale[n * channels_ + c]) : 1.0;
    }

    // Fills the coefficients of sample n from its statistics.
    void prepare(std::int64_t n) {
        for (std::int64_t c = 0; c < channels_; ++c) {
            const std::int64_t i = n * channels_ + c, g = group(n, c);
            const double exact_slope = rstd[g] * weight[c] * scaling(n, c);
            centre[i] = float(mean[g] - added(n, c));
            slope[i] = float(exact_slope);
            offset[i] = float(bias[c] * scaling(n, c) + (shift != nullptr ? double(shift[i]) : 0.0) +
                              rounding(n, c) * exact_slope);
        }
    }

    // What rounding the centre to float32 took away: x + add - mean = (x - centre) + rounding.
    double rounding(std::int64_t n, std::int64_t c) const {
        return double(centre[n * channels_ + c]) - (mean[group(n, c)] - added(n, c));
    }

private:
    std::int64_t group(std::int64_t n, std::int64_t c) const { return n * groups_ + c / (channels_ / groups_); }

    at::Tensor add_, weight_, bias_, scale_, shift_, coefficients_;
    std::int64_t channels_, groups_;

public:
    const float *add, *weight, *bias, *scale, *shift;
    double *mean, *rstd;
    float *centre, *slope, *offset;
};

}  // namespace

at::Tensor group_norm_forward(const GroupNormArguments& arguments, double eps, GroupNormStatistics& statistics) {
    const at::Tensor& x = arguments.x;
    const Tiling tiling(x, is_channels_last(x));
    const KernelTable& kernel = kernels();
    const std::int64_t C = tiling.channels, rows = tiling.rows, groups = arguments.num_groups, width = C / groups;
    const auto doubles = x.options().dtype(at::kDouble).memory_format(at::MemoryFormat::Contiguous);
    statistics.mean = at::empty({tiling.samples, groups}, doubles);
    statistics.rstd = at::empty({tiling.samples, groups}, doubles);
    at::Tensor y = at::empty_like(x);
    Affine affine(arguments, statistics);

    const at::Tensor centres = at::empty({tiling.samples, rows, C}, doubles.dtype(at::kFloat));
    const at::Tensor sums = at::empty({2, tiling.samples, rows, C}, doubles);
    float* centre = data<float>(centres);
    double* deviation = data<double>(sums);
    double* square = deviation + centres.numel();
    const float* input = data<float>(x);
    float* output = data<float>(y);

    const Phase measure{true, [&](std::int64_t n, std::int64_t t) {
        const Tiling::Place at = tiling.place(n, t);
        const std::int64_t i = (n * rows + at.row) * C + at.first_channel;
        kernel.moments(at.tile, input + at.offset, centre + i, deviation + i, square + i);
    }};

    // Combines the moments of the tiles and channels of a group exactly (parallel-axis theorem).
    const Phase combine{false, [&](std::int64_t n, std::int64_t) {
        for (std::int64_t g = 0; g < groups; ++g) {
            double total = 0.0;
            for (std::int64_t r = 0; r < rows; ++r) {
                const double count = double(tiling.pixels_in_row(r));
                for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                    const std::int64_t i = (n * rows + r) * C + c;
                    total += count * (centre[i] + affine.added(n, c)) + deviation[i];
                }
            }
            const double values = double(tiling.pixels * width);
            const double mean = total / values;
            double squares = 0.0;
            for (std::int64_t r = 0; r < rows; ++r) {
                const double count = double(tiling.pixels_in_row(r));
                for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                    const std::int64_t i = (n * rows + r) * C + c;
                    const double distance = centre[i] + affine.added(n, c) - mean;
                    squares += square[i] + 2.0 * distance * deviation[i] + count * distance * distance;
                }
            }
            affine.mean[n * groups + g] = mean;
            affine.rstd[n * groups + g] = 1.0 / std::sqrt(squares / values + eps);
        }
        affine.prepare(n);
    }};

    const Phase apply{true, [&](std::int64_t n, std::int64_t t) {
        const Tiling::Place at = tiling.place(n, t);
        const std::int64_t i = n * C + at.first_channel;
        kernel.normalise(at.tile, input + at.offset, affine.centre + i, affine.slope + i, affine.offset + i, arguments.silu,
                         output + at.offset);
    }};

    run_phases(tiling, {measure, combine, apply});
    return y;
}

// With xc = x + add - mean, du the cotangent of u = xc * rstd * weight * (1 + scale) + ..., and averages over a group:
// dx = rstd * (gamma du - <gamma du> - xc rstd^2 <gamma du xc>), gamma = weight * (1 + scale); the rest are sums over pixels.
GroupNormGradients group_norm_backward(const GroupNormArguments& arguments, const GroupNormStatistics& statistics,
                                       const at::Tensor& dy) {
    const at::Tensor& x = arguments.x;
    const bool channels_last = is_channels_last(x);
    const Tiling tiling(x, channels_last);
    const KernelTable& kernel = kernels();
    const std::int64_t N = tiling.samples, C = tiling.channels, rows = tiling.rows, groups = arguments.num_groups;
    const std::int64_t width = C / groups;
    const at::Tensor cotangent = dy.contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    Affine affine(arguments, statistics);

    const auto floats = x.options().memory_format(at::MemoryFormat::Contiguous);
    const auto like = [&](const at::Tensor& argument) {
        return argument.defined() ? at::empty({N, C}, floats) : at::Tensor();
    };
    GroupNormGradients result{at::empty_like(x),          like(arguments.add),   at::empty({C}, floats),
                              at::empty({C}, floats), like(arguments.scale), like(arguments.shift)};
    const at::Tensor sums = at::empty({3, N, rows, C}, floats.dtype(at::kDouble));
    const at::Tensor totals = at::empty({3, N, C}, floats.dtype(at::kDouble));  // weight and bias per sample, sum of xc
    const at::Tensor terms = at::empty({2, N, C}, floats);
    double* sum_du = data<double>(sums);
    double* sum_du_x = sum_du + N * rows * C;
    double* sum_x = sum_du_x + N * rows * C;
    double* total_du = data<double>(totals);
    double* total_du_x = total_du + N * C;
    double* total_x = total_du_x + N * C;
    float* curve = data<float>(terms);
    float* level = curve + N * C;
    const float* input = data<float>(x);
    const float* upstream = data<float>(cotangent);
    float* dx = data<float>(result.x);
    float* dadd = data<float>(result.add);
    float* dscale = data<float>(result.scale);
    float* dshift = data<float>(result.shift);

    const Phase prepare{false, [&](std::int64_t n, std::int64_t) { affine.prepare(n); }};

    const Phase reduce{true, [&](std::int64_t n, std::int64_t t) {
        const Tiling::Place at = tiling.place(n, t);
        const std::int64_t i = n * C + at.first_channel, s = (n * rows + at.row) * C + at.first_channel;
        kernel.gradient_sums(at.tile, input + at.offset, upstream + at.offset, affine.centre + i, affine.slope + i,
                             affine.offset + i, arguments.silu, dx + at.offset, sum_du + s, sum_du_x + s, sum_x + s);
    }};

    const Phase combine{false, [&](std::int64_t n, std::int64_t) {
        for (std::int64_t c = 0; c < C; ++c) {
            double du = 0.0, du_x = 0.0, xc = 0.0;
            for (std::int64_t r = 0; r < rows; ++r) {
                const std::int64_t s = (n * rows + r) * C + c;
                du += sum_du[s];
                du_x += sum_du_x[s];
                xc += sum_x[s];
            }
            const double rounding = affine.rounding(n, c);
            total_du[n * C + c] = du;
            total_du_x[n * C + c] = du_x + rounding * du;
            total_x[n * C + c] = xc + rounding * double(tiling.pixels);
        }
        for (std::int64_t g = 0; g < groups; ++g) {
            const double values = double(tiling.pixels * width);
            const double rstd = affine.rstd[n * groups + g];
            double mean_du = 0.0, mean_du_x = 0.0;
            for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                const double gamma = affine.weight[c] * affine.scaling(n, c);
                mean_du += gamma * total_du[n * C + c] / values;
                mean_du_x += gamma * total_du_x[n * C + c] / values;
            }
            for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                const std::int64_t i = n * C + c;
                const double s = affine.scaling(n, c);
                const double exact_curve = rstd * rstd * rstd * mean_du_x;
                curve[i] = float(exact_curve);
                level[i] = float(rstd * mean_du + affine.rounding(n, c) * exact_curve);
                if (dadd != nullptr) {
                    dadd[i] = float(rstd * (affine.weight[c] * s * total_du[i] - double(tiling.pixels) * mean_du -
                                            total_x[i] * rstd * rstd * mean_du_x));
                }
                if (dscale != nullptr) {
                    dscale[i] = float(affine.weight[c] * rstd * total_du_x[i] + affine.bias[c] * total_du[i]);
                }
                if (dshift != nullptr) {
                    dshift[i] = float(total_du[i]);
                }
                total_du_x[i] *= s * rstd;  // now the sample's gradient of the weight,
                total_du[i] *= s;           // and of the bias
            }
        }
    }};

    const Phase apply{true, [&](std::int64_t n, std::int64_t t) {
        const Tiling::Place at = tiling.place(n, t);
        const std::int64_t i = n * C + at.first_channel;
        kernel.gradient(at.tile, input + at.offset, (arguments.silu ? dx : upstream) + at.offset, affine.centre + i,
                        affine.slope + i, curve + i, level + i, dx + at.offset);
    }};

    run_phases(tiling, {prepare, reduce, combine, apply});
    float* dweight = data<float>(result.weight);
    float* dbias = data<float>(result.bias);
    for (std::int64_t c = 0; c < C; ++c) {
        double w = 0.0, b = 0.0;
        for (std::int64_t n = 0; n < N; ++n) {
            w += total_du_x[n * C + c];
            b += total_du[n * C + c];
        }
        dweight[c] = float(w);
        dbias[c] = float(b);
    }
    return result;
}

}  // namespace diffusharp
