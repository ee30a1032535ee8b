#include "bridge.h"

namespace {
thread_local std::string last_error;
}

namespace diffusharp {
void store_error(const std::string& message) { last_error = message; }
}  // namespace diffusharp

DS_EXPORT const char* ds_last_error() { return last_error.c_str(); }
