using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>Random numbers: drawn on the CPU unless a device is named, from PyTorch's own stream.</content>
public static partial class torch
{
    private static readonly Operator s_randn = new("aten::randn", "generator");
    private static readonly Operator s_rand = new("aten::rand", "generator");
    private static readonly Operator s_randint = new("aten::randint", "low_generator");
    private static readonly Operator s_randperm = new("aten::randperm", "generator");

    /// <summary>Seeds the default generators of every device.</summary>
    public static void manual_seed(ulong seed) => Native.Check(Native.ds_manual_seed(seed));

    /// <summary>Unit normal draws.</summary>
    public static Tensor randn(
        long[] size, Generator? generator = null, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_randn.Call(size, generator, dtype, Argument.None, device);

    /// <summary>Uniform draws from [0, 1).</summary>
    public static Tensor rand(
        long[] size, Generator? generator = null, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_rand.Call(size, generator, dtype, Argument.None, device);

    /// <summary>Uniform integers from [low, high).</summary>
    public static Tensor randint(
        long low, long high, long[] size, Generator? generator = null, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        s_randint.Call(low, high, size, generator, dtype, Argument.None, device);

    /// <summary>A random order of 0 … n − 1.</summary>
    public static Tensor randperm(long n, Generator? generator = null) => s_randperm.Call(n, generator);
}
