using System.Runtime.InteropServices;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>The library itself: version, threads, devices.</content>
public static partial class torch
{
    /// <summary>Version of libtorch.</summary>
    public static string version => Marshal.PtrToStringUTF8(Native.ds_torch_version()) ?? "";

    /// <summary>How libtorch was built: compiler, BLAS, oneDNN, instruction sets.</summary>
    public static string configuration => Marshal.PtrToStringUTF8(Native.ds_torch_configuration()) ?? "";

    /// <summary>Threads used inside one operator.</summary>
    public static int get_num_threads() => Native.ds_get_threads();

    /// <summary>How long threads spin while they wait for each other.</summary>
    public static string thread_waiting => WaitingThreads.Description;

    /// <summary>Sets the threads used inside one operator.</summary>
    public static void set_num_threads(int threads) => Native.Check(Native.ds_set_threads(threads));

    /// <summary>CUDA devices and switches.</summary>
    public static class cuda
    {
        /// <summary>Number of CUDA devices that libtorch can use.</summary>
        public static int device_count() => Native.ds_cuda_device_count();

        /// <summary>Whether there is one.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>Waits until all queued work is done.</summary>
        public static void synchronize() => Native.Check(Native.ds_cuda_synchronize());

        /// <summary>Lets float32 products and convolutions use TF32 (10 bits of mantissa).</summary>
        public static void allow_tf32(bool allow) => Native.ds_set_allow_tf32(allow ? 1 : 0);

        /// <summary>Lets cuDNN time its algorithms for each new shape and keep the fastest.</summary>
        public static void cudnn_benchmark(bool enabled) => Native.ds_set_cudnn_benchmark(enabled ? 1 : 0);
    }
}
