// Random number generators: PyTorch's CPU stream (Mersenne Twister).
#include <ATen/CPUGeneratorImpl.h>

#include "bridge.h"

using namespace diffusharp;

namespace {
at::Generator borrow_generator(c10::GeneratorImpl* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(handle));
}
}  // namespace

DS_EXPORT int32_t ds_generator_new(uint64_t seed, c10::GeneratorImpl** result) {
  return guarded([&] {
    auto generator = at::detail::createCPUGenerator(seed);
    auto* implementation = generator.unsafeGetGeneratorImpl();
    c10::raw::intrusive_ptr::incref(implementation);
    *result = implementation;
  });
}

DS_EXPORT void ds_generator_release(c10::GeneratorImpl* handle) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(handle);
}

DS_EXPORT int32_t ds_generator_get_state(c10::GeneratorImpl* handle, TensorHandle* state) {
  return guarded([&] { *state = release(borrow_generator(handle).get_state()); });
}

DS_EXPORT int32_t ds_generator_set_state(c10::GeneratorImpl* handle, TensorHandle state) {
  return guarded([&] {
    auto generator = borrow_generator(handle);
    generator.set_state(borrow(state));
  });
}

// Seeds the default generators of every device.
DS_EXPORT int32_t ds_manual_seed(uint64_t seed) {
  return guarded([&] { torch::manual_seed(seed); });
}
