// TorchScript modules: load, call with gradients, list parameters.
#include <torch/script.h>

#include "bridge.h"

using namespace diffusharp;

namespace {
void collect(const c10::IValue& value, std::vector<at::Tensor>& tensors) {
  if (value.isTensor()) {
    tensors.push_back(value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      tensors.push_back(tensor);
    }
  } else if (value.isTuple()) {
    for (const auto& element : value.toTupleRef().elements()) {
      collect(element, tensors);
    }
  } else {
    TORCH_CHECK(false, "the module returns ", value.tagKind(), ", not tensors");
  }
}
}  // namespace

DS_EXPORT int32_t ds_script_load(const char* path, int64_t device, void** result) {
  return guarded([&] {
    auto module = torch::jit::load(path, unpack_device(device));
    module.eval();
    *result = new torch::jit::Module(std::move(module));
  });
}

DS_EXPORT void ds_script_release(void* handle) { delete static_cast<torch::jit::Module*>(handle); }

// Calls a method (usually "forward") with tensors, numbers, booleans or none; returns its tensors in order.
DS_EXPORT int32_t ds_script_call(
    void* handle, const char* method, const Value* arguments, int32_t count, TensorHandle* results, int32_t capacity,
    int32_t* returned) {
  return guarded([&] {
    std::vector<c10::IValue> inputs;
    for (int32_t i = 0; i < count; ++i) {
      const auto& value = arguments[i];
      switch (value.tag) {
        case Tag::Tensor: inputs.emplace_back(borrow(static_cast<TensorHandle>(value.pointer))); break;
        case Tag::Int: inputs.emplace_back(value.integer); break;
        case Tag::Double: inputs.emplace_back(value.real); break;
        case Tag::Bool: inputs.emplace_back(value.integer != 0); break;
        case Tag::None: inputs.emplace_back(); break;
        default: TORCH_CHECK(false, "a TorchScript argument must be a tensor, number, boolean or none");
      }
    }
    auto* module = static_cast<torch::jit::Module*>(handle);
    std::vector<at::Tensor> tensors;
    collect(module->get_method(method)(std::move(inputs)), tensors);
    TORCH_CHECK(tensors.size() <= static_cast<size_t>(capacity), "too many results: ", tensors.size());
    *returned = static_cast<int32_t>(tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      results[i] = release(tensors[i]);
    }
  });
}

DS_EXPORT int32_t ds_script_set_training(void* handle, int32_t training) {
  return guarded([&] { static_cast<torch::jit::Module*>(handle)->train(training != 0); });
}

DS_EXPORT int32_t ds_script_set_requires_grad(void* handle, int32_t value) {
  return guarded([&] {
    for (at::Tensor parameter : static_cast<torch::jit::Module*>(handle)->parameters()) {
      parameter.set_requires_grad(value != 0);
    }
  });
}
