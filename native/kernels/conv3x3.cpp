// diffusharp::conv3x3: a 3x3 convolution of stride 1 and padding 1 with 2.25 times fewer multiplications (Winograd F(2x2, 3x3)).
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/library.h>

#include <algorithm>
#include <tuple>

#include "optional_tensor.h"
#include "winograd_table.h"

namespace diffusharp {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kLeastChannels = 32;  // below this the transforms cost more than the products save

void check(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    TORCH_CHECK(x.dim() == 4, "conv3x3: x must be [N,C,H,W]; it is ", x.sizes());
    TORCH_CHECK(weight.dim() == 4 && weight.size(1) == x.size(1) && weight.size(2) == 3 && weight.size(3) == 3,
                "conv3x3: weight must be [K,", x.size(1), ",3,3]; it is ", weight.sizes());
    TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)), "conv3x3: bias must be [",
                weight.size(0), "]; it is ", bias.defined() ? bias.sizes() : at::IntArrayRef());
}

std::int64_t count_tiles(const at::Tensor& x) {
    return x.size(0) * at::divup(x.size(2), 2) * at::divup(x.size(3), 2);
}

// Blocks of tiles of equal size, their number divisible by four for the sake of few images on few threads.
std::int64_t count_blocks(std::int64_t tiles) {
    return at::divup(at::divup(tiles, kWinogradTiles), 4) * 4;
}

bool suits(std::int64_t inputs, std::int64_t outputs) {
    return winograd() != nullptr && inputs >= kLeastChannels && outputs >= kLeastChannels && outputs % winograd()->panel == 0;
}

// A weight that is transformed for this call alone needs more tiles to pay.
bool enough_tiles(const at::Tensor& x, bool prepared) {
    constexpr std::int64_t kLeastTilesUnprepared = 256;
    return count_tiles(x) >= (prepared ? kWinogradTiles : kLeastTilesUnprepared);
}

bool suits(const at::Tensor& x, const at::Tensor& weight, const OptionalTensor& prepared) {
    return suits(weight.size(1), weight.size(0)) && x.device().is_cpu() && weight.device().is_cpu() &&
           x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat &&
           x.is_contiguous(at::MemoryFormat::ChannelsLast) && enough_tiles(x, prepared.has_value());
}

// The matrix [16, 9] of g -> G g G^T.
at::Tensor weight_transformation(const at::TensorOptions& options) {
    const at::Tensor g = at::tensor({1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.0, 0.0, 1.0}, options).view({4, 3});
    return (g.view({4, 1, 3, 1}) * g.view({1, 4, 1, 3})).view({16, 9});
}

// G g G^T as [K / panel][16][C][panel].
at::Tensor transform_weight(const at::Tensor& weight) {
    const std::int64_t outputs = weight.size(0), inputs = weight.size(1), panel = winograd()->panel;
    const at::Tensor u = at::matmul(weight_transformation(weight.options()), weight.permute({2, 3, 1, 0}).reshape({9, inputs * outputs}));
    return u.view({16, inputs, outputs / panel, panel}).permute({2, 0, 1, 3}).contiguous();
}

at::Tensor run(const at::Tensor& x, const at::Tensor& u, const at::Tensor& bias) {
    const WinogradTable& kernel = *winograd();
    const std::int64_t panels = u.size(0), outputs = panels * kernel.panel;
    const WinogradImage image{x.size(2), x.size(3), x.size(1), outputs};
    const auto contiguous = x.options().memory_format(at::MemoryFormat::Contiguous);
    const at::Tensor shift = bias.defined() ? bias.contiguous() : at::zeros({outputs}, contiguous);
    const at::Tensor zeros = at::zeros({image.channels}, contiguous);
    at::Tensor y = at::empty({x.size(0), outputs, image.height, image.width},
                             x.options().memory_format(at::MemoryFormat::ChannelsLast));
    const float* input = x.data_ptr<float>();
    const float* weights = u.data_ptr<float>();
    const float* nothing = zeros.data_ptr<float>();
    const float* biases = shift.data_ptr<float>();
    float* output = y.data_ptr<float>();
    const std::int64_t tiles = count_tiles(x);
    const std::int64_t blocks = count_blocks(tiles), block = at::divup(tiles, blocks);
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t rows = kWinogradPositions * kWinogradTiles;
        const at::Tensor scratch = at::zeros({rows * (image.channels + kernel.panel)}, contiguous);
        float* v = scratch.data_ptr<float>();
        float* m = v + rows * image.channels;
        for (std::int64_t b = begin; b < end; ++b) {
            const std::int64_t first = b * block, count = std::min(block, tiles - first);
            if (count <= 0) {
                break;
            }
            kernel.transform_input(image, first, count, input, nothing, v);
            for (std::int64_t p = 0; p < panels; ++p) {
                kernel.multiply(count, image.channels, v, weights + p * kWinogradPositions * image.channels * kernel.panel, m);
                kernel.transform_output(image, first, count, p * kernel.panel, m, biases, output);
            }
        }
    });
    return y;
}

at::Tensor winograd_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& prepared) {
    if (!prepared.defined()) {
        return run(x, transform_weight(weight), bias);
    }
    const std::int64_t panel = winograd()->panel;
    const std::int64_t expected[] = {weight.size(0) / panel, kWinogradPositions, weight.size(1), panel};
    TORCH_CHECK(prepared.sizes() == at::IntArrayRef(expected) && prepared.is_contiguous() && prepared.scalar_type() == at::kFloat,
                "conv3x3: `prepared` must come from conv3x3_prepare of a weight of shape ", weight.sizes(), "; it is ",
                prepared.sizes());
    return run(x, prepared, bias);
}

// The gradient of x is the convolution of dy with the flipped weight, inputs and outputs exchanged.
at::Tensor gradient_of_input(const at::Tensor& dy, const at::Tensor& weight) {
    return run(dy, transform_weight(weight.flip({2, 3}).transpose(0, 1)), at::Tensor());
}

std::int64_t count_slices(std::int64_t tiles) {
    constexpr std::int64_t kLeastTiles = 256, kMostSlices = 8;
    return std::min(tiles / kLeastTiles, kMostSlices);
}

// With fewer slices the sums are not worth their memory traffic, and too few to share among threads.
bool suits_gradient_of_weight(const at::Tensor& x) {
    constexpr std::int64_t kLeastSlices = 4;
    return count_slices(count_tiles(x)) >= kLeastSlices;
}

// The tiles are summed in slices, whose number depends on the shape only, so that the result does not depend on the threads.
at::Tensor gradient_of_weight(const at::Tensor& x, const at::Tensor& dy) {
    const WinogradTable& kernel = *winograd();
    const std::int64_t inputs = x.size(1), outputs = dy.size(1), panels = outputs / kernel.panel;
    const WinogradImage image{x.size(2), x.size(3), inputs, outputs};
    const auto contiguous = x.options().memory_format(at::MemoryFormat::Contiguous);
    const std::int64_t tiles = count_tiles(x), blocks = count_blocks(tiles), block = at::divup(tiles, blocks);
    const std::int64_t positions = kWinogradPositions, values = positions * inputs * outputs;
    const std::int64_t slices = count_slices(tiles);
    const at::Tensor sums = at::zeros({slices, panels, positions, inputs, kernel.panel}, contiguous);
    const at::Tensor zeros = at::zeros({inputs}, contiguous);
    const float* nothing = zeros.data_ptr<float>();
    const float* input = x.data_ptr<float>();
    const float* upstream = dy.data_ptr<float>();
    float* total = sums.data_ptr<float>();
    at::parallel_for(0, slices, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor scratch = at::empty({positions * kWinogradTiles * (inputs + kernel.panel)}, contiguous);
        float* v = scratch.data_ptr<float>();
        float* d = v + positions * kWinogradTiles * inputs;
        for (std::int64_t slice = begin; slice < end; ++slice) {
            for (std::int64_t b = slice * blocks / slices; b < (slice + 1) * blocks / slices; ++b) {
                const std::int64_t first = b * block, count = std::min(block, tiles - first);
                if (count <= 0) {
                    break;
                }
                kernel.transform_input(image, first, count, input, nothing, v);
                for (std::int64_t p = 0; p < panels; ++p) {
                    kernel.transform_gradient(image, first, count, p * kernel.panel, upstream, d);
                    kernel.accumulate(count, inputs, v, d, total + slice * values + p * positions * inputs * kernel.panel);
                }
            }
        }
    });
    const at::Tensor u = sums.sum(0).permute({1, 0, 3, 2}).reshape({positions, outputs * inputs});
    return at::matmul(u.t(), weight_transformation(contiguous)).view({outputs, inputs, 3, 3});
}

class Conv3x3 : public torch::autograd::Function<Conv3x3> {
public:
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& weight, const OptionalTensor& bias,
                              const OptionalTensor& prepared) {
        at::AutoDispatchBelowADInplaceOrView below_autograd;
        ctx->save_for_backward({x, weight});
        ctx->saved_data["has_bias"] = bias.has_value();
        return winograd_forward(x, weight, or_undefined(bias), or_undefined(prepared));
    }

    static variable_list backward(AutogradContext* ctx, const variable_list& cotangents) {
        const variable_list saved = ctx->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1];
        const bool has_bias = ctx->saved_data["has_bias"].toBool();
        const at::Tensor dy = cotangents[0].contiguous(at::MemoryFormat::ChannelsLast);
        // ATen's own gradients can be differentiated again.
        const bool fast = !at::GradMode::is_enabled();
        const bool wants_x = ctx->needs_input_grad(0), wants_weight = ctx->needs_input_grad(1);
        const bool wants_bias = has_bias && ctx->needs_input_grad(2);
        const bool own_x = wants_x && fast && suits(weight.size(0), weight.size(1)) && enough_tiles(dy, false);
        const bool own_weight = wants_weight && fast && suits_gradient_of_weight(x);
        at::Tensor dx, dweight, dbias;
        if ((wants_x && !own_x) || (wants_weight && !own_weight)) {
            const std::int64_t bias_size = weight.size(0);
            std::tie(dx, dweight, dbias) = at::convolution_backward(dy, x, weight, at::IntArrayRef(bias_size), {1, 1}, {1, 1}, {1, 1},
                                                                    false, {0, 0}, 1,
                                                                    {wants_x && !own_x, wants_weight && !own_weight, wants_bias});
        } else if (wants_bias) {
            dbias = dy.sum(at::IntArrayRef({0, 2, 3}));
        }
        return {own_x ? gradient_of_input(dy, weight) : dx, own_weight ? gradient_of_weight(x, dy) : dweight, dbias, at::Tensor()};
    }
};

at::Tensor backend(const at::Tensor& x, const at::Tensor& weight, const OptionalTensor& bias, const OptionalTensor& prepared) {
    const at::Tensor b = or_undefined(bias);
    check(x, weight, b);
    return suits(x, weight, prepared) ? winograd_forward(x, weight, b, or_undefined(prepared)) : at::conv2d(x, weight, b, 1, 1);
}

at::Tensor autograd(const at::Tensor& x, const at::Tensor& weight, const OptionalTensor& bias, const OptionalTensor& prepared) {
    const at::Tensor b = or_undefined(bias);
    check(x, weight, b);
    if (!suits(x, weight, prepared)) {
        return at::conv2d(x, weight, b, 1, 1);
    }
    if (at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || (b.defined() && b.requires_grad()))) {
        return Conv3x3::apply(x, weight, bias, prepared);
    }
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    return winograd_forward(x, weight, b, or_undefined(prepared));
}

at::Tensor prepare(const at::Tensor& weight) {
    TORCH_CHECK(weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3, "conv3x3_prepare: weight must be [K,C,3,3]; it is ",
                weight.sizes());
    if (!suits(weight.size(1), weight.size(0)) || !weight.device().is_cpu() || weight.scalar_type() != at::kFloat) {
        return at::empty({0}, weight.options().memory_format(at::MemoryFormat::Contiguous));
    }
    return transform_weight(weight.detach());
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(diffusharp, m) {
    // `prepared` = conv3x3_prepare(weight) saves the transformation of an unchanging weight. It is empty, and ignored, where the
    // fast path does not apply: not float32 on a CPU with AVX2, under 32 channels, or K not a multiple of 32.
    m.def("conv3x3(Tensor x, Tensor weight, Tensor? bias, Tensor? prepared) -> Tensor");
    m.def("conv3x3_prepare(Tensor weight) -> Tensor");
}

TORCH_LIBRARY_IMPL(diffusharp, CompositeExplicitAutograd, m) {
    m.impl("conv3x3", TORCH_FN(backend));
    m.impl("conv3x3_prepare", TORCH_FN(prepare));
}

TORCH_LIBRARY_IMPL(diffusharp, Autograd, m) {
    m.impl("conv3x3", TORCH_FN(autograd));
    m.impl("conv3x3_prepare", TORCH_FN(prepare));
}

}  // namespace diffusharp
