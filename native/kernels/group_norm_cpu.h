// Fused group normalisation on the CPU, float32. Undefined tensors stand for absent arguments.
#pragma once

#include <ATen/ATen.h>

namespace diffusharp {

struct GroupNormArguments {
    at::Tensor x;             // [N,C,H,W], contiguous or channels-last, not empty
    at::Tensor add;           // [N,C] or undefined
    at::Tensor weight, bias;  // [C]
    at::Tensor scale, shift;  // [N,C] or undefined
    std::int64_t num_groups;
    bool silu;
};

struct GroupNormStatistics {
    at::Tensor mean, rstd;  // [N,G] float64
};

struct GroupNormGradients {
    at::Tensor x, add, weight, bias, scale, shift;  // defined where the argument is
};

// Returns y in the layout of x and fills `statistics`.
at::Tensor group_norm_forward(const GroupNormArguments& arguments, double eps, GroupNormStatistics& statistics);

// The gradients for the cotangent dy of y.
GroupNormGradients group_norm_backward(const GroupNormArguments& arguments, const GroupNormStatistics& statistics,
                                       const at::Tensor& dy);

}  // namespace diffusharp
