// The optional type of operator signatures: c10's own before libtorch 2.5, the standard one since.
#pragma once

#include <ATen/ATen.h>
#include <torch/version.h>

#include <optional>

namespace diffusharp {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
using OptionalTensor = std::optional<at::Tensor>;
#else
using OptionalTensor = c10::optional<at::Tensor>;
#endif

inline at::Tensor or_undefined(const OptionalTensor& tensor) {
    return tensor.has_value() ? *tensor : at::Tensor();
}

}  // namespace diffusharp
