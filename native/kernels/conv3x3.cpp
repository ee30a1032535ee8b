// diffusharp::conv3x3: a 3x3 convolution of stride 1 and padding 1 with 2.25 times fewer multiplications (Winograd F(2x2, 3x3)).
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/library.h>

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

bool suits(const at::Tensor& x, std::int64_t inputs, std::int64_t outputs) {
    return winograd() != nullptr && x.device().is_cpu() && x.scalar_type() == at::kFloat && x.numel() > 0 &&
           inputs >= kLeastChannels && outputs >= kLeastChannels && outputs % winograd()->panel == 0 &&
           x.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// G g G^T as [K / panel][16][C][panel].
at::Tensor transform_weight(const at::Tensor& weight) {
    const std::int64_t outputs = weight.size(0), inputs = weight.size(1), panel = winograd()->panel;
    const at::Tensor g = at::tensor({1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.0, 0.0, 1.0}, weight.options()).view({4, 3});
    const at::Tensor both = (g.view({4, 1, 3, 1}) * g.view({1, 4, 1, 3})).view({16, 9});
    const at::Tensor u = at::matmul(both, weight.permute({2, 3, 1, 0}).reshape({9, inputs * outputs}));
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
    const std::int64_t tiles = x.size(0) * at::divup(image.height, 2) * at::divup(image.width, 2);
    at::parallel_for(0, at::divup(tiles, kWinogradTiles), 1, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t rows = kWinogradPositions * kWinogradTiles;
        const at::Tensor scratch = at::zeros({rows * (image.channels + kernel.panel)}, contiguous);
        float* v = scratch.data_ptr<float>();
        float* m = v + rows * image.channels;
        for (std::int64_t b = begin; b < end; ++b) {
            const std::int64_t first = b * kWinogradTiles, count = std::min(kWinogradTiles, tiles - first);
            kernel.transform_input(image, first, count, input, nothing, v);
            for (std::int64_t p = 0; p < panels; ++p) {
                kernel.multiply(count, image.channels, v, weights + p * kWinogradPositions * image.channels * kernel.panel, m);
                kernel.transform_output(image, first, count, p * kernel.panel, m, biases, output);
            }
        }
    });
    return y;
}

at::Tensor forward_only(const at::Tensor& x, const at::Tensor& weight, const OptionalTensor& bias, const OptionalTensor& prepared) {
    const at::Tensor b = or_undefined(bias);
    check(x, weight, b);
    if (!suits(x, weight.size(1), weight.size(0))) {
        return at::conv2d(x, weight, bias, 1, 1);
    }
    return run(x, prepared.has_value() ? *prepared : transform_weight(weight), b);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(diffusharp, m) {
    m.def("conv3x3(Tensor x, Tensor weight, Tensor? bias, Tensor? prepared) -> Tensor");
    m.def("conv3x3_prepare(Tensor weight) -> Tensor");
}

TORCH_LIBRARY_IMPL(diffusharp, CompositeExplicitAutograd, m) {
    m.impl("conv3x3", TORCH_FN(forward_only));
    m.impl("conv3x3_prepare", TORCH_FN(transform_weight));
}

}  // namespace diffusharp
