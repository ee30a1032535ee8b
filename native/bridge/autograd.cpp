// Reverse-mode differentiation.
#include <torch/csrc/autograd/autograd.h>

#include "bridge.h"

using namespace diffusharp;

namespace {
torch::autograd::variable_list borrow_all(const TensorHandle* handles, int32_t count) {
  torch::autograd::variable_list tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; ++i) {
    tensors.push_back(borrow(handles[i]));
  }
  return tensors;
}
}  // namespace

// Accumulates d sum_k <outputs_k, cotangents_k> into the .grad of the leaves; a null cotangent stands for 1.
DS_EXPORT int32_t ds_autograd_backward(
    const TensorHandle* outputs, const TensorHandle* cotangents, int32_t count, int32_t retain_graph) {
  return guarded([&] {
    torch::autograd::backward(borrow_all(outputs, count), borrow_all(cotangents, count), retain_graph != 0);
  });
}

// Gradients of sum_k <outputs_k, cotangents_k> with respect to the inputs; an unused input gives null.
DS_EXPORT int32_t ds_autograd_grad(
    const TensorHandle* outputs, const TensorHandle* cotangents, int32_t output_count, const TensorHandle* inputs,
    int32_t input_count, int32_t retain_graph, int32_t create_graph, TensorHandle* gradients) {
  return guarded([&] {
    auto results = torch::autograd::grad(
        borrow_all(outputs, output_count), borrow_all(inputs, input_count), borrow_all(cotangents, output_count),
        retain_graph != 0, create_graph != 0, true);
    for (int32_t i = 0; i < input_count; ++i) {
      gradients[i] = release(results[i]);
    }
  });
}

DS_EXPORT int32_t ds_tensor_set_requires_grad(TensorHandle handle, int32_t value) {
  return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

DS_EXPORT int32_t ds_tensor_requires_grad(TensorHandle handle) { return handle->requires_grad(); }

DS_EXPORT TensorHandle ds_tensor_gradient(TensorHandle handle) { return release(borrow(handle).grad()); }

DS_EXPORT int32_t ds_tensor_set_gradient(TensorHandle handle, TensorHandle gradient) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(gradient); });
}

DS_EXPORT int32_t ds_grad_mode() { return at::GradMode::is_enabled(); }

DS_EXPORT void ds_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }
