// diffusharp::group_norm_act: f((group_norm(x + add) * weight + bias) * (1 + scale) + shift), f = SiLU or the identity, with its gradient.
#include <torch/autograd.h>
#include <torch/library.h>

#include "group_norm_cpu.h"
#include "optional_tensor.h"

namespace diffusharp {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void check_per_channel(const at::Tensor& x, const at::Tensor& tensor, const char* name) {
    const bool dimensions = tensor.dim() == 2 || (tensor.dim() == 4 && tensor.size(2) == 1 && tensor.size(3) == 1);
    TORCH_CHECK(dimensions && tensor.size(1) == x.size(1) && (tensor.size(0) == x.size(0) || tensor.size(0) == 1),
                "group_norm_act: ", name, " must be [N,C], [1,C] or the same with [,1,1] appended, for x of shape ", x.sizes(),
                "; it is ", tensor.sizes());
    TORCH_CHECK(tensor.device() == x.device(), "group_norm_act: ", name, " is on ", tensor.device(), ", x on ", x.device());
}

void check(const GroupNormArguments& a) {
    TORCH_CHECK(a.x.dim() == 4, "group_norm_act: x must be [N,C,H,W]; it is ", a.x.sizes());
    TORCH_CHECK(a.x.is_floating_point(), "group_norm_act: x must be a floating-point tensor; it is ", a.x.scalar_type());
    const std::int64_t channels = a.x.size(1);
    TORCH_CHECK(a.num_groups > 0 && channels % a.num_groups == 0, "group_norm_act: ", channels,
                " channels cannot be divided into ", a.num_groups, " groups");
    for (const auto& [tensor, name] : {std::pair{&a.weight, "weight"}, std::pair{&a.bias, "bias"}}) {
        TORCH_CHECK(tensor->dim() == 1 && tensor->size(0) == channels, "group_norm_act: ", name, " must be [", channels,
                    "]; it is ", tensor->sizes());
        TORCH_CHECK(tensor->device() == a.x.device(), "group_norm_act: ", name, " is on ", tensor->device(), ", x on ",
                    a.x.device());
    }
    for (const auto& [tensor, name] :
         {std::pair{&a.add, "add"}, std::pair{&a.scale, "scale"}, std::pair{&a.shift, "shift"}}) {
        if (tensor->defined()) {
            check_per_channel(a.x, *tensor, name);
        }
    }
}

at::Tensor as_matrix(const at::Tensor& x, const at::Tensor& tensor) {
    if (!tensor.defined()) {
        return tensor;
    }
    const at::Tensor matrix = tensor.dim() == 2 ? tensor : tensor.flatten(1);
    return matrix.size(0) == x.size(0) ? matrix : matrix.expand({x.size(0), x.size(1)});
}

at::Tensor as_image(const at::Tensor& tensor, at::ScalarType dtype) {
    return tensor.to(dtype).unsqueeze(-1).unsqueeze(-1);
}

// Any dtype and device, with ATen's gradients.
at::Tensor compose(const GroupNormArguments& a, double eps) {
    const at::ScalarType dtype = a.x.scalar_type();
    const at::Tensor h = a.add.defined() ? a.x + as_image(a.add, dtype) : a.x;
    at::Tensor y = at::group_norm(h, a.num_groups, a.weight.to(dtype), a.bias.to(dtype), eps);
    if (a.scale.defined()) {
        y = y * (1.0 + as_image(a.scale, y.scalar_type()));
    }
    if (a.shift.defined()) {
        y = y + as_image(a.shift, y.scalar_type());
    }
    if (a.silu) {
        y = y.requires_grad() ? at::silu(y) : at::silu_(y);
    }
    return y.contiguous(a.x.suggest_memory_format());
}

bool fusible(const GroupNormArguments& a) {
    for (const at::Tensor* tensor : {&a.x, &a.add, &a.weight, &a.bias, &a.scale, &a.shift}) {
        if (tensor->defined() && !(tensor->device().is_cpu() && tensor->scalar_type() == at::kFloat)) {
            return false;
        }
    }
    return a.x.numel() > 0;
}

bool wants_gradient(const GroupNormArguments& a) {
    if (!at::GradMode::is_enabled()) {
        return false;
    }
    for (const at::Tensor* tensor : {&a.x, &a.add, &a.weight, &a.bias, &a.scale, &a.shift}) {
        if (tensor->defined() && tensor->requires_grad()) {
            return true;
        }
    }
    return false;
}

class GroupNormAct : public torch::autograd::Function<GroupNormAct> {
public:
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const OptionalTensor& add, const at::Tensor& weight,
                              const at::Tensor& bias, const OptionalTensor& scale, const OptionalTensor& shift,
                              std::int64_t num_groups, double eps, bool silu) {
        at::AutoDispatchBelowADInplaceOrView below_autograd;
        const GroupNormArguments arguments{x, or_undefined(add), weight, bias, or_undefined(scale), or_undefined(shift),
                                           num_groups, silu};
        GroupNormStatistics statistics;
        at::Tensor y = group_norm_forward(arguments, eps, statistics);
        ctx->save_for_backward({x, arguments.add, weight, bias, arguments.scale, arguments.shift, statistics.mean,
                                statistics.rstd});
        ctx->saved_data["num_groups"] = num_groups;
        ctx->saved_data["silu"] = silu;
        return y;
    }

    static variable_list backward(AutogradContext* ctx, const variable_list& cotangents) {
        TORCH_CHECK(!at::GradMode::is_enabled(),
                    "group_norm_act has no second derivative on float32 CPU tensors: "
                    "do not ask for create_graph, or compute in float64");
        const variable_list saved = ctx->get_saved_variables();
        const GroupNormArguments arguments{saved[0], saved[1], saved[2], saved[3], saved[4], saved[5],
                                           ctx->saved_data["num_groups"].toInt(), ctx->saved_data["silu"].toBool()};
        const GroupNormGradients d = group_norm_backward(arguments, {saved[6], saved[7]}, cotangents[0]);
        const at::Tensor none;
        return {d.x, d.add, d.weight, d.bias, d.scale, d.shift, none, none, none};
    }
};

GroupNormArguments gather(const at::Tensor& x, const OptionalTensor& add, std::int64_t num_groups, const at::Tensor& weight,
                          const at::Tensor& bias, const OptionalTensor& scale, const OptionalTensor& shift, bool silu) {
    GroupNormArguments a{x, or_undefined(add), weight, bias, or_undefined(scale), or_undefined(shift), num_groups, silu};
    check(a);
    a.add = as_matrix(x, a.add);
    a.scale = as_matrix(x, a.scale);
    a.shift = as_matrix(x, a.shift);
    if (fusible(a)) {
        a.x = x.contiguous(x.suggest_memory_format());
    }
    return a;
}

at::Tensor without_gradient(const GroupNormArguments& a, double eps) {
    if (!fusible(a)) {
        return compose(a, eps);
    }
    GroupNormStatistics statistics;
    return group_norm_forward(a, eps, statistics);
}

at::Tensor backend(const at::Tensor& x, const OptionalTensor& add, std::int64_t num_groups, const at::Tensor& weight,
                   const at::Tensor& bias, const OptionalTensor& scale, const OptionalTensor& shift, double eps, bool silu) {
    return without_gradient(gather(x, add, num_groups, weight, bias, scale, shift, silu), eps);
}

at::Tensor autograd(const at::Tensor& x, const OptionalTensor& add, std::int64_t num_groups, const at::Tensor& weight,
                    const at::Tensor& bias, const OptionalTensor& scale, const OptionalTensor& shift, double eps, bool silu) {
    const GroupNormArguments a = gather(x, add, num_groups, weight, bias, scale, shift, silu);
    if (!fusible(a)) {
        return compose(a, eps);
    }
    if (!wants_gradient(a)) {
        at::AutoDispatchBelowADInplaceOrView below_autograd;
        return without_gradient(a, eps);
    }
    const auto optional = [](const at::Tensor& tensor) { return tensor.defined() ? OptionalTensor(tensor) : OptionalTensor(); };
    return GroupNormAct::apply(a.x, optional(a.add), a.weight, a.bias, optional(a.scale), optional(a.shift), num_groups, eps,
                               silu);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(diffusharp, m) {
    m.def(
        "group_norm_act(Tensor x, Tensor? add, int num_groups, Tensor weight, Tensor bias, Tensor? scale, Tensor? shift, "
        "float eps, bool silu) -> Tensor");
}

TORCH_LIBRARY_IMPL(diffusharp, CompositeExplicitAutograd, m) {
    m.impl("group_norm_act", TORCH_FN(backend));
}

TORCH_LIBRARY_IMPL(diffusharp, Autograd, m) {
    m.impl("group_norm_act", TORCH_FN(autograd));
}

}  // namespace diffusharp
