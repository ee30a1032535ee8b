#include "codecs.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void report(char* error, size_t capacity, const char* message) {
    if (error == nullptr || capacity == 0) {
        return;
    }
    size_t n = std::min(std::strlen(message), capacity - 1);
    std::transform(message, message + n, error, [](char c) { return c == '\n' || c == '\r' ? ' ' : c; });
    error[n] = '\0';
}

template <typename F>
int32_t guarded(char* error, size_t capacity, F&& body) {
    try {
        // OpenCV would print its own account of a bad file; the caller's message is the only one wanted.
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        body();
        return 0;
    } catch (const cv::Exception& e) {
        report(error, capacity, e.err.c_str());
    } catch (const std::exception& e) {
        report(error, capacity, e.what());
    } catch (...) {
        report(error, capacity, "unknown error");
    }
    return 1;
}

uint32_t big_endian(const uint8_t* p) {
    return (uint32_t(p[0]) << 24) | (uint32_t(p[1]) << 16) | (uint32_t(p[2]) << 8) | uint32_t(p[3]);
}

// Deflate expands at most 1032 times, so a PNG header that claims more pixels than its file can hold is refused before
// memory for them is taken.
void refuse_implausible_png(const uint8_t* file, size_t length) {
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (length < 8 || std::memcmp(file, signature, sizeof signature) != 0) {
        return;
    }
    if (length < 33) {
        throw std::runtime_error("truncated PNG header");
    }
    const uint64_t pixels = uint64_t(big_endian(file + 16)) * big_endian(file + 20);
    if (pixels / 8 > uint64_t(length) * 1032) {
        throw std::runtime_error("the PNG header claims more pixels than the file can hold");
    }
}

// libjpeg fills what is missing with grey and calls it a success; a whole file has its end marker.
void refuse_truncated_jpeg(const uint8_t* file, size_t length) {
    if (length < 4 || file[0] != 0xff || file[1] != 0xd8) {
        return;
    }
    for (size_t i = length - 1; i >= 3; --i) {
        if (file[i] == 0xd9 && file[i - 1] == 0xff) {
            return;
        }
    }
    throw std::runtime_error("truncated JPEG (no end marker)");
}

// Copies rows, exchanging the first and third channel (OpenCV's BGR <-> RGB) of colour images.
template <typename T>
void copy_swapped(const T* from, T* to, size_t pixels, int channels) {
    if (channels < 3) {
        std::copy(from, from + pixels * channels, to);
        return;
    }
    for (size_t i = 0; i < pixels; ++i, from += channels, to += channels) {
        const T first = from[0];
        to[0] = from[2];
        to[1] = from[1];
        to[2] = first;
        if (channels == 4) {
            to[3] = from[3];
        }
    }
}

void copy_row(const void* from, void* to, size_t pixels, int channels, int bits) {
    if (bits == 16) {
        copy_swapped(static_cast<const uint16_t*>(from), static_cast<uint16_t*>(to), pixels, channels);
    } else {
        copy_swapped(static_cast<const uint8_t*>(from), static_cast<uint8_t*>(to), pixels, channels);
    }
}

void* allocate(size_t length) {
    void* memory = std::malloc(length);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

int32_t dsc_decode(const uint8_t* file, size_t length, dsc_image* image, char* error, size_t error_capacity) {
    return guarded(error, error_capacity, [&] {
        if (length == 0) {
            throw std::runtime_error("the file is empty");
        }
        if (length > size_t(INT32_MAX)) {
            throw std::runtime_error("the file is larger than 2 GiB");
        }
        refuse_implausible_png(file, length);
        refuse_truncated_jpeg(file, length);
        const cv::Mat bytes(1, int(length), CV_8U, const_cast<uint8_t*>(file));
        const cv::Mat mat = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
        if (mat.empty()) {
            throw std::runtime_error("not an image in a known format, or truncated or corrupt");
        }
        if (mat.depth() != CV_8U && mat.depth() != CV_16U) {
            throw std::runtime_error("samples are neither 8-bit nor 16-bit unsigned integers");
        }
        if (mat.channels() != 1 && mat.channels() != 3 && mat.channels() != 4) {
            throw std::runtime_error("an image with " + std::to_string(mat.channels()) + " channels is neither grey nor RGB");
        }
        const int bits = mat.depth() == CV_16U ? 16 : 8;
        const size_t row = size_t(mat.cols) * mat.elemSize();
        auto* samples = static_cast<uint8_t*>(allocate(row * mat.rows));
        for (int y = 0; y < mat.rows; ++y) {
            copy_row(mat.ptr(y), samples + row * y, size_t(mat.cols), mat.channels(), bits);
        }
        *image = {mat.cols, mat.rows, mat.channels(), bits, samples, row * mat.rows};
    });
}

int32_t dsc_encode_png(const dsc_image* image, int32_t level, uint8_t** file, size_t* file_length, char* error,
                       size_t error_capacity) {
    return guarded(error, error_capacity, [&] {
        cv::Mat mat(image->height, image->width, CV_MAKETYPE(image->bits == 16 ? CV_16U : CV_8U, image->channels));
        const size_t row = size_t(mat.cols) * mat.elemSize();
        if (image->length != row * mat.rows) {
            throw std::runtime_error("the buffer does not have the size of the image");
        }
        const auto* samples = static_cast<const uint8_t*>(image->samples);
        for (int y = 0; y < mat.rows; ++y) {
            copy_row(samples + row * y, mat.ptr(y), size_t(mat.cols), image->channels, image->bits);
        }
        std::vector<uint8_t> encoded;
        if (!cv::imencode(".png", mat, encoded, {cv::IMWRITE_PNG_COMPRESSION, level})) {
            throw std::runtime_error("the PNG encoder failed");
        }
        *file = static_cast<uint8_t*>(allocate(encoded.size()));
        *file_length = encoded.size();
        std::copy(encoded.begin(), encoded.end(), *file);
    });
}

void dsc_free(void* memory) { std::free(memory); }

const char* dsc_description() {
    static const std::string text = [] {
        std::string s = "OpenCV " CV_VERSION " (";
        const char* separator = "";
        for (const char* format : {"png", "jpg", "webp", "bmp", "tiff", "jp2"}) {
            try {
                if (cv::haveImageWriter(std::string(".") + format)) {
                    s += separator;
                    s += format;
                    separator = " ";
                }
            } catch (const std::exception&) {
                continue;  // a format that OpenCV knows but was told not to use
            }
        }
        return s + ")";
    }();
    return text.c_str();
}
