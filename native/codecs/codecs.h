// C ABI of the image codecs. Samples are interleaved rows without gaps, in the order grey, RGB or RGBA, 8 or 16 bits each
// (16 bits in the machine's byte order). Functions return 0, or 1 with a one-line message in `error`; nothing throws.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#define DSC_API extern "C" __declspec(dllexport)
#else
#define DSC_API extern "C" __attribute__((visibility("default")))
#endif

struct dsc_image {
    int32_t width;
    int32_t height;
    int32_t channels;  // 1 grey, 3 RGB, 4 RGBA
    int32_t bits;      // 8 or 16 per sample
    void* samples;     // released with dsc_free
    size_t length;     // bytes at samples
};

// Decodes an image file held in memory, keeping its depth and alpha. EXIF orientation is not applied.
DSC_API int32_t dsc_decode(const uint8_t* file, size_t length, dsc_image* image, char* error, size_t error_capacity);

// Encodes image->samples as PNG with zlib level 0 (stored) to 9; *file is released with dsc_free.
DSC_API int32_t dsc_encode_png(const dsc_image* image, int32_t level, uint8_t** file, size_t* file_length, char* error,
                               size_t error_capacity);

DSC_API void dsc_free(void* memory);

// OpenCV's version and the file formats it can handle, one line, never freed.
DSC_API const char* dsc_description();
