// Tensors from and to memory, and their metadata.
#include <cstring>

#include "bridge.h"

using namespace diffusharp;

// Copies `data` (contiguous, row-major) into a new tensor on the given device.
DS_EXPORT int32_t ds_tensor_from_data(
    const void* data, const int64_t* sizes, int32_t dimensions, int32_t type, int64_t device, TensorHandle* result) {
  return guarded([&] {
    const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
    auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), options);
    std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *result = release(tensor.to(unpack_device(device)));
  });
}

// Copies the elements, row-major, to `destination` of `bytes` bytes.
DS_EXPORT int32_t ds_tensor_copy_to(TensorHandle handle, void* destination, int64_t bytes) {
  return guarded([&] {
    const auto tensor = borrow(handle).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(
        static_cast<int64_t>(tensor.nbytes()) == bytes, "the tensor has ", tensor.nbytes(), " bytes, not ", bytes);
    std::memcpy(destination, tensor.data_ptr(), bytes);
  });
}

DS_EXPORT void ds_tensor_release(TensorHandle handle) {
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(handle);
}

// A second handle of the same tensor.
DS_EXPORT TensorHandle ds_tensor_share(TensorHandle handle) { return release(borrow(handle)); }

// Counts the in-place changes of the elements.
DS_EXPORT int64_t ds_tensor_version(TensorHandle handle) { return handle->version_counter().current_version(); }

DS_EXPORT int32_t ds_tensor_dimensions(TensorHandle handle) { return static_cast<int32_t>(handle->dim()); }

DS_EXPORT int32_t ds_tensor_type(TensorHandle handle) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(handle->dtype()));
}

DS_EXPORT int64_t ds_tensor_device(TensorHandle handle) {
  const auto device = handle->device();
  return static_cast<int64_t>(device.type()) * 256 + (device.has_index() ? device.index() : 255);
}

DS_EXPORT void ds_tensor_sizes(TensorHandle handle, int64_t* sizes) {
  const auto values = handle->sizes();
  std::copy(values.begin(), values.end(), sizes);
}

DS_EXPORT void ds_tensor_strides(TensorHandle handle, int64_t* strides) {
  const auto values = handle->strides();
  std::copy(values.begin(), values.end(), strides);
}

DS_EXPORT int32_t ds_tensor_is_contiguous(TensorHandle handle, int32_t memory_format) {
  return handle->is_contiguous(static_cast<c10::MemoryFormat>(memory_format));
}

// The address of the first element of a CPU tensor.
DS_EXPORT int32_t ds_tensor_data(TensorHandle handle, void** data) {
  return guarded([&] {
    const auto tensor = borrow(handle);
    TORCH_CHECK(tensor.device().is_cpu(), "direct access needs a CPU tensor, this one is on ", tensor.device());
    *data = tensor.data_ptr();
  });
}
