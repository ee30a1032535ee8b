#include "kernel_table.h"

#include <cstdlib>
#include <cstring>

#include "winograd_table.h"

namespace diffusharp {

namespace {

enum class Level { Baseline, Avx2, Avx512 };

Level detect() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const char* limit = std::getenv("ATEN_CPU_CAPABILITY");
    const bool baseline_only = limit != nullptr && std::strcmp(limit, "default") == 0;
    const bool no_avx512 = limit != nullptr && std::strcmp(limit, "avx2") == 0;
    if (baseline_only || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return Level::Baseline;
    }
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    return avx512 && !no_avx512 ? Level::Avx512 : Level::Avx2;
#else
    return Level::Baseline;
#endif
}

Level level() {
    static const Level detected = detect();
    return detected;
}

}  // namespace

const KernelTable& kernels() {
#if defined(__x86_64__)
    switch (level()) {
        case Level::Avx512: return avx512_kernels;
        case Level::Avx2: return avx2_kernels;
        case Level::Baseline: break;
    }
#endif
    return baseline_kernels;
}

const WinogradTable* winograd() {
#if defined(__x86_64__)
    switch (level()) {
        case Level::Avx512: return &avx512_winograd;
        case Level::Avx2: return &avx2_winograd;
        case Level::Baseline: break;
    }
#endif
    return nullptr;
}

}  // namespace diffusharp
