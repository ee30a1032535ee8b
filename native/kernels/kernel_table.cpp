#include "kernel_table.h"

#include <cstdlib>
#include <cstring>

namespace diffusharp {

namespace {

#if defined(__x86_64__)
const KernelTable& choose() {
    __builtin_cpu_init();
    const char* limit = std::getenv("ATEN_CPU_CAPABILITY");
    const bool baseline_only = limit != nullptr && std::strcmp(limit, "default") == 0;
    const bool no_avx512 = baseline_only || (limit != nullptr && std::strcmp(limit, "avx2") == 0);
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (avx512 && !no_avx512) {
        return avx512_kernels;
    }
    return avx2 && !baseline_only ? avx2_kernels : baseline_kernels;
}
#else
const KernelTable& choose() {
    return baseline_kernels;
}
#endif

}  // namespace

const KernelTable& kernels() {
    static const KernelTable& table = choose();
    return table;
}

}  // namespace diffusharp
