using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.Interop;

/// <summary>The functions of native/bridge. Each status is 0, or 1 with a message in <see cref="ds_last_error"/>.</summary>
internal static unsafe partial class Native
{
    public const string Library = "diffusharp_torch";

    static Native() => NativeLocator.Register();

    /// <summary>Throws what the bridge reported; <paramref name="context"/> names the operation.</summary>
    public static void Check(int status, [CallerMemberName] string context = "")
    {
        if (status != 0)
        {
            throw new TorchException($"{context}: {LastError()}");
        }
    }

    public static string LastError() => Marshal.PtrToStringUTF8(ds_last_error()) ?? "unknown error";

    [LibraryImport(Library)]
    public static partial nint ds_last_error();

    [LibraryImport(Library)]
    public static partial void ds_free(nint memory);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_operator_find(string name, string overload, out nint handle);

    [LibraryImport(Library)]
    public static partial int ds_operator_call(
        nint handle, NativeValue* arguments, int count, NativeValue* results, int capacity, out int returned);

    [LibraryImport(Library)]
    public static partial int ds_tensor_from_data(
        void* data, long* sizes, int dimensions, int type, long device, out nint result);

    [LibraryImport(Library)]
    public static partial int ds_tensor_copy_to(nint handle, void* destination, long bytes);

    [LibraryImport(Library)]
    public static partial void ds_tensor_release(nint handle);

    [LibraryImport(Library)]
    public static partial nint ds_tensor_share(nint handle);

    [LibraryImport(Library)]
    public static partial long ds_tensor_version(nint handle);

    [LibraryImport(Library)]
    public static partial int ds_tensor_dimensions(nint handle);

    [LibraryImport(Library)]
    public static partial int ds_tensor_type(nint handle);

    [LibraryImport(Library)]
    public static partial long ds_tensor_device(nint handle);

    [LibraryImport(Library)]
    public static partial void ds_tensor_sizes(nint handle, long* sizes);

    [LibraryImport(Library)]
    public static partial void ds_tensor_strides(nint handle, long* strides);

    [LibraryImport(Library)]
    public static partial int ds_tensor_is_contiguous(nint handle, int memoryFormat);

    [LibraryImport(Library)]
    public static partial int ds_tensor_data(nint handle, out nint data);

    [LibraryImport(Library)]
    public static partial int ds_autograd_backward(nint* outputs, nint* cotangents, int count, int retainGraph);

    [LibraryImport(Library)]
    public static partial int ds_autograd_grad(
        nint* outputs, nint* cotangents, int outputCount, nint* inputs, int inputCount, int retainGraph, int createGraph,
        nint* gradients);

    [LibraryImport(Library)]
    public static partial int ds_tensor_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)]
    public static partial int ds_tensor_requires_grad(nint handle);

    [LibraryImport(Library)]
    public static partial nint ds_tensor_gradient(nint handle);

    [LibraryImport(Library)]
    public static partial int ds_tensor_set_gradient(nint handle, nint gradient);

    [LibraryImport(Library)]
    public static partial int ds_grad_mode();

    [LibraryImport(Library)]
    public static partial void ds_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    public static partial int ds_generator_new(ulong seed, out nint result);

    [LibraryImport(Library)]
    public static partial void ds_generator_release(nint handle);

    [LibraryImport(Library)]
    public static partial int ds_generator_get_state(nint handle, out nint state);

    [LibraryImport(Library)]
    public static partial int ds_generator_set_state(nint handle, nint state);

    [LibraryImport(Library)]
    public static partial int ds_manual_seed(ulong seed);

    [LibraryImport(Library)]
    public static partial nint ds_torch_version();

    [LibraryImport(Library)]
    public static partial nint ds_torch_configuration();

    [LibraryImport(Library)]
    public static partial int ds_get_threads();

    [LibraryImport(Library)]
    public static partial int ds_set_threads(int threads);

    [LibraryImport(Library)]
    public static partial int ds_cuda_device_count();

    [LibraryImport(Library)]
    public static partial int ds_cuda_synchronize();

    [LibraryImport(Library)]
    public static partial void ds_set_allow_tf32(int allow);

    [LibraryImport(Library)]
    public static partial void ds_set_cudnn_benchmark(int enabled);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_script_load(string path, long device, out nint result);

    [LibraryImport(Library)]
    public static partial void ds_script_release(nint handle);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_script_call(
        nint handle, string method, NativeValue* arguments, int count, nint* results, int capacity, out int returned);

    [LibraryImport(Library)]
    public static partial int ds_script_set_training(nint handle, int training);

    [LibraryImport(Library)]
    public static partial int ds_script_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)]
    public static partial nint ds_distributed_backends();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_store_new(string host, int port, int server, long limit, string prefix, out nint result);

    [LibraryImport(Library)]
    public static partial void ds_store_release(nint store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_store_set(nint store, string key, void* data, long length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_store_get(nint store, string key, long limit, out nint data, out long length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_store_add(nint store, string key, long amount, out long value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_store_has(nint store, string key, out int there);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ds_group_new(
        nint store, string backend, int rank, int size, long limit, string networkInterface, int oneMachine, out nint result);

    [LibraryImport(Library)]
    public static partial void ds_group_release(nint group);

    [LibraryImport(Library)]
    public static partial int ds_group_broadcast(nint group, nint tensor, int root);

    [LibraryImport(Library)]
    public static partial int ds_group_all_reduce(nint group, nint tensor, int operation, out nint work);

    [LibraryImport(Library)]
    public static partial int ds_work_wait(nint work);

    [LibraryImport(Library)]
    public static partial void ds_work_release(nint work);

    [LibraryImport(Library)]
    public static partial int ds_group_all_gather(nint group, nint tensor, out nint result);

    [LibraryImport(Library)]
    public static partial int ds_group_gather(nint group, nint tensor, int root, out nint result);

    [LibraryImport(Library)]
    public static partial int ds_group_barrier(nint group);

    [LibraryImport(Library)]
    public static partial int ds_buckets_new(
        nint group, nint* parameters, int count, long firstBytes, long bytes, out nint result);

    [LibraryImport(Library)]
    public static partial void ds_buckets_release(nint buckets);

    [LibraryImport(Library)]
    public static partial long ds_buckets_count(nint buckets);

    [LibraryImport(Library)]
    public static partial int ds_buckets_arm(nint buckets);

    [LibraryImport(Library)]
    public static partial int ds_buckets_finish(nint buckets);
}
