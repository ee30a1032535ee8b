// Groups of W float lanes as GCC vector types, and the exponential on them.
// Everything here is internal to one translation unit, because the same source is compiled once per instruction set.
#pragma once

#include <cstdint>

#define DIFFUSHARP_INLINE inline __attribute__((always_inline))

namespace {

template <int W>
struct Lanes {
    typedef float Float __attribute__((vector_size(W * 4)));
    typedef std::uint32_t Bits __attribute__((vector_size(W * 4)));
};

template <>
struct Lanes<1> {
    typedef float Float;
    typedef std::uint32_t Bits;
};

template <int W>
using Vec = typename Lanes<W>::Float;

template <int W>
DIFFUSHARP_INLINE Vec<W> load(const float* p) {
    Vec<W> v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

template <int W>
DIFFUSHARP_INLINE void store(float* p, Vec<W> v) {
    __builtin_memcpy(p, &v, sizeof v);
}

template <int W>
DIFFUSHARP_INLINE Vec<W> splat(float s) {
    return Vec<W>{} + s;
}

// exp(t) with relative error below 2e-7; t is clamped to [-87, 88], where exp is a normal float32. NaN stays NaN.
// Cody-Waite reduction t = k ln 2 + r, then 1 + r + r^2 q(r) with q fitted to the least maximum relative error.
template <int W>
DIFFUSHARP_INLINE Vec<W> exponential(Vec<W> t) {
    const Vec<W> low = splat<W>(-87.0f), high = splat<W>(88.0f);
    t = t < low ? low : t;
    t = t > high ? high : t;
    const float round_to_integer = 12582912.0f;  // 1.5 * 2^23: adding it leaves k in the low mantissa bits
    const Vec<W> shifted = t * 1.44269504f + round_to_integer;
    const Vec<W> k = shifted - round_to_integer;
    const Vec<W> r = (t - k * 0.693359375f) - k * -2.12194440e-4f;
    Vec<W> q = r * 0.00138145406f + 0.00836874545f;
    q = q * r + 0.041668389f;
    q = q * r + 0.166665211f;
    q = q * r + 0.49999994f;
    const Vec<W> e = (q * r) * r + r + 1.0f;
    typename Lanes<W>::Bits bits;
    __builtin_memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127u) << 23;
    Vec<W> power_of_two;
    __builtin_memcpy(&power_of_two, &bits, sizeof bits);
    return e * power_of_two;
}

template <int W>
DIFFUSHARP_INLINE Vec<W> sigmoid(Vec<W> u) {
    return 1.0f / (1.0f + exponential<W>(-u));
}

}  // namespace
