// diffusharp::linear_combination: a weighted sum in one pass over memory.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/library.h>

#include <memory>

#include "kernel_table.h"

namespace diffusharp {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kGrain = 16384;

at::ScalarType check(at::TensorList xs, at::ArrayRef<double> coefficients) {
    TORCH_CHECK(!xs.empty(), "linear_combination: no tensors");
    TORCH_CHECK(xs.size() == coefficients.size(), "linear_combination: ", xs.size(), " tensors but ", coefficients.size(),
                " coefficients");
    at::ScalarType dtype = xs[0].scalar_type();
    for (const at::Tensor& x : xs) {
        TORCH_CHECK(x.sizes() == xs[0].sizes(), "linear_combination: shapes differ: ", xs[0].sizes(), " and ", x.sizes());
        TORCH_CHECK(x.device() == xs[0].device(), "linear_combination: devices differ: ", xs[0].device(), " and ", x.device());
        TORCH_CHECK(x.is_floating_point(), "linear_combination: needs floating-point tensors, not ", x.scalar_type());
        dtype = c10::promoteTypes(dtype, x.scalar_type());
    }
    return dtype;
}

at::Tensor compose(at::TensorList xs, at::ArrayRef<double> coefficients, at::ScalarType dtype) {
    at::Tensor sum = xs[0].to(at::kDouble) * coefficients[0];
    for (std::size_t k = 1; k < xs.size(); ++k) {
        sum.add_(xs[k], coefficients[k]);
    }
    return sum.to(dtype);
}

at::Tensor linear_combination(at::TensorList xs, at::ArrayRef<double> coefficients) {
    const at::ScalarType dtype = check(xs, coefficients);
    for (const at::Tensor& x : xs) {
        if (!x.device().is_cpu() || (x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble)) {
            return compose(xs, coefficients, dtype);
        }
    }
    at::Tensor y = at::empty_like(xs[0], xs[0].options().dtype(dtype));
    std::vector<at::Tensor> dense(xs.begin(), xs.end());
    std::vector<const void*> pointers;
    const auto is_double = std::make_unique<bool[]>(xs.size());
    for (std::size_t k = 0; k < dense.size(); ++k) {
        if (dense[k].strides() != y.strides()) {
            dense[k] = at::empty_like(y, dense[k].options()).copy_(dense[k]);
        }
        pointers.push_back(dense[k].data_ptr());
        is_double[k] = dense[k].scalar_type() == at::kDouble;
    }
    void* out = y.data_ptr();
    at::parallel_for(0, y.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels().linear_combination(begin, end, static_cast<std::int64_t>(xs.size()), pointers.data(), is_double.get(),
                                     coefficients.data(), out, dtype == at::kDouble);
    });
    return y;
}

class LinearCombination : public torch::autograd::Function<LinearCombination> {
public:
    static at::Tensor forward(AutogradContext* ctx, at::TensorList xs, const std::vector<double>& coefficients) {
        at::AutoDispatchBelowADInplaceOrView below_autograd;
        std::vector<std::int64_t> dtypes;
        for (const at::Tensor& x : xs) {
            dtypes.push_back(static_cast<std::int64_t>(x.scalar_type()));
        }
        ctx->saved_data["coefficients"] = coefficients;
        ctx->saved_data["dtypes"] = dtypes;
        return linear_combination(xs, coefficients);
    }

    static variable_list backward(AutogradContext* ctx, const variable_list& cotangents) {
        const std::vector<double> coefficients = ctx->saved_data["coefficients"].toDoubleVector();
        const std::vector<std::int64_t> dtypes = ctx->saved_data["dtypes"].toIntVector();
        variable_list gradients;
        for (std::size_t k = 0; k < coefficients.size(); ++k) {
            gradients.push_back(ctx->needs_input_grad(k)
                                    ? (cotangents[0] * coefficients[k]).to(static_cast<at::ScalarType>(dtypes[k]))
                                    : at::Tensor());
        }
        gradients.emplace_back();
        return gradients;
    }
};

at::Tensor linear_combination_autograd(at::TensorList xs, at::ArrayRef<double> coefficients) {
    bool wanted = false;
    for (const at::Tensor& x : xs) {
        wanted = wanted || (at::GradMode::is_enabled() && x.requires_grad());
    }
    if (wanted) {
        check(xs, coefficients);
        return LinearCombination::apply(xs, coefficients.vec());
    }
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    return linear_combination(xs, coefficients);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(diffusharp, m) {
    m.def("linear_combination(Tensor[] xs, float[] coefficients) -> Tensor");
}

TORCH_LIBRARY_IMPL(diffusharp, CompositeExplicitAutograd, m) {
    m.impl("linear_combination", TORCH_FN(linear_combination));
}

TORCH_LIBRARY_IMPL(diffusharp, Autograd, m) {
    m.impl("linear_combination", TORCH_FN(linear_combination_autograd));
}

}  // namespace diffusharp
