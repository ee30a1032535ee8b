// The C border between .NET and libtorch. Every function returns 0, or 1 after storing a message for ds_last_error.
// Tensor and generator handles are owned references to c10 objects; a handle given as an argument is borrowed.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <exception>
#include <string>

#define DS_EXPORT extern "C" __attribute__((visibility("default")))

namespace diffusharp {

using TensorHandle = c10::TensorImpl*;

enum class Tag : int32_t {
  None = 0,
  Tensor = 1,
  Int = 2,
  Double = 3,
  Bool = 4,
  IntList = 5,
  DoubleList = 6,
  TensorList = 7,
  String = 8,
  Device = 9,
  Generator = 10,
  Default = 11,
};

// One argument or result of an operator; lists point to `length` elements.
struct Value {
  Tag tag;
  int32_t length;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

inline at::Tensor borrow(TensorHandle handle) {
  if (handle == nullptr) {
    return {};
  }
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle));
}

inline TensorHandle release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

// Devices cross the border as type * 256 + index, index 255 meaning "current".
inline c10::Device unpack_device(int64_t packed) {
  const auto index = static_cast<int>(packed & 255);
  return c10::Device(static_cast<c10::DeviceType>(packed >> 8), static_cast<c10::DeviceIndex>(index == 255 ? -1 : index));
}

void store_error(const std::string& message);

template <typename Body>
int32_t guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    store_error(error.what_without_backtrace());
  } catch (const std::exception& error) {
    store_error(error.what());
  } catch (...) {
    store_error("unknown native exception");
  }
  return 1;
}

}  // namespace diffusharp
