// Threads, devices, numerical switches and the C library's allocator.
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>

#include <limits>

#include "bridge.h"

using namespace diffusharp;

namespace {
// Activations are large and short-lived. glibc hands such blocks back to the system at once, and the page faults of
// the next ones cost as much as the arithmetic on them: keep them in the heap.
struct KeepMemory {
  KeepMemory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);
  }
} keep_memory;

// OpenBLAS starts threads of its own, which fight with those of OpenMP for the same cores: a dense layer of 9 us then takes
// 900 us. The convolutions and fused operators keep all cores busy; small matrix products run on one.
struct OneBlasThread {
  OneBlasThread() {
    if (auto* set_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
      set_threads(1);
    }
  }
} one_blas_thread;
}  // namespace

DS_EXPORT const char* ds_torch_version() { return TORCH_VERSION; }

DS_EXPORT const char* ds_torch_configuration() {
  static const std::string text = at::show_config();
  return text.c_str();
}

DS_EXPORT int32_t ds_get_threads() { return at::get_num_threads(); }

DS_EXPORT int32_t ds_set_threads(int32_t threads) {
  return guarded([&] { at::set_num_threads(threads); });
}

DS_EXPORT int32_t ds_cuda_device_count() { return static_cast<int32_t>(torch::cuda::device_count()); }

DS_EXPORT int32_t ds_cuda_synchronize() {
  return guarded([&] { torch::cuda::synchronize(); });
}

// TF32 on CUDA matrix units for float32 products and convolutions: about 10 bits of mantissa.
DS_EXPORT void ds_set_allow_tf32(int32_t allow) {
  at::globalContext().setAllowTF32CuBLAS(allow != 0);
  at::globalContext().setAllowTF32CuDNN(allow != 0);
}

DS_EXPORT void ds_set_cudnn_benchmark(int32_t enabled) { at::globalContext().setBenchmarkCuDNN(enabled != 0); }
