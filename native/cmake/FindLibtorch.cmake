# Finds libtorch: LIBTORCH (an unpacked libtorch), CMAKE_PREFIX_PATH, a pip-installed torch, or the system's package, in this order.
if(DEFINED ENV{LIBTORCH})
  list(PREPEND CMAKE_PREFIX_PATH "$ENV{LIBTORCH}")
elseif(NOT CMAKE_PREFIX_PATH AND NOT DEFINED ENV{CMAKE_PREFIX_PATH})
  execute_process(
    COMMAND python3 -c "import torch; print(torch.utils.cmake_prefix_path)"
    OUTPUT_VARIABLE pip_torch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(pip_torch AND EXISTS "${pip_torch}/Torch/TorchConfig.cmake")
    list(PREPEND CMAKE_PREFIX_PATH "${pip_torch}")
  endif()
endif()

find_package(Torch QUIET)
if(NOT Torch_FOUND)
  message(FATAL_ERROR
    "libtorch not found: run 'make setup' (Debian: libtorch-dev libgloo-dev), or set LIBTORCH to an unpacked libtorch")
endif()
message(STATUS "libtorch: ${TORCH_INSTALL_PREFIX} ${Torch_VERSION}")
set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS} ${TORCH_CXX_FLAGS}")
