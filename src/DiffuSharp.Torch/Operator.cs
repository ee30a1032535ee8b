using System.Runtime.InteropServices;
using System.Text;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>
/// An operator of libtorch's dispatcher, looked up once by schema name and overload. Every ATen operator can be called
/// this way, with autograd; arguments are positional in the order of the schema, trailing ones may be left out.
/// </summary>
public sealed unsafe class Operator
{
    private const int ScratchWords = 64;
    private const int MaxResults = 8;

    private readonly string _name;
    private readonly string _overload;
    private nint _handle;

    /// <summary>Names the operator; it is looked up when it is called first.</summary>
    /// <param name="name">For example <c>aten::add</c>.</param>
    /// <param name="overload">For example <c>Tensor</c>; empty for the only overload.</param>
    public Operator(string name, string overload = "")
    {
        _name = name;
        _overload = overload;
    }

    /// <summary>Name and overload.</summary>
    public string Name => _overload.Length == 0 ? _name : $"{_name}.{_overload}";

    /// <summary>Calls the operator for its single tensor.</summary>
    /// <exception cref="TorchException">libtorch refused; the message names the operator and the shapes.</exception>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result = default;
        Invoke(arguments, new Span<NativeValue>(ref result));
        return Tensor.FromHandle(ExpectTensor(result));
    }

    /// <summary>Calls an operator that returns a truth value.</summary>
    /// <exception cref="TorchException">libtorch refused.</exception>
    public bool CallBool(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result = default;
        Invoke(arguments, new Span<NativeValue>(ref result));
        return result.Bits != 0;
    }

    /// <summary>Calls an operator that returns one list of tensors.</summary>
    /// <exception cref="TorchException">libtorch refused.</exception>
    public Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result = default;
        Invoke(arguments, new Span<NativeValue>(ref result));
        var handles = (nint*)result.Bits;
        var tensors = new Tensor[result.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Tensor.FromHandle(handles[i]);
        }

        Native.ds_free((nint)result.Bits);
        return tensors;
    }

    /// <summary>Calls an operator that returns several tensors.</summary>
    /// <exception cref="TorchException">libtorch refused.</exception>
    public Tensor[] CallTuple(params ReadOnlySpan<Argument> arguments)
    {
        Span<NativeValue> results = stackalloc NativeValue[MaxResults];
        var tensors = new Tensor[Invoke(arguments, results)];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Tensor.FromHandle(ExpectTensor(results[i]));
        }

        return tensors;
    }

    /// <summary>Calls an operator that changes its arguments and whose results, if any, are not needed.</summary>
    /// <exception cref="TorchException">libtorch refused.</exception>
    public void Run(params ReadOnlySpan<Argument> arguments)
    {
        Span<NativeValue> results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        foreach (var result in results[..count])
        {
            if (result.Tag == NativeTag.Tensor)
            {
                Native.ds_tensor_release((nint)result.Bits);
            }
        }
    }

    private int Invoke(ReadOnlySpan<Argument> arguments, Span<NativeValue> results)
    {
        if (_handle == 0)
        {
            Native.Check(Native.ds_operator_find(_name, _overload, out _handle), Name);
        }

        Span<NativeValue> values = stackalloc NativeValue[arguments.Length];
        Span<long> scratch = stackalloc long[ScratchWords];
        var needed = ScratchNeeded(arguments);
        if (needed > ScratchWords)
        {
            scratch = GC.AllocateUninitializedArray<long>(needed, pinned: true);
        }

        Marshal(arguments, values, scratch);
        int status;
        int returned;
        fixed (NativeValue* first = values)
        fixed (NativeValue* output = results)
        {
            status = Native.ds_operator_call(_handle, first, values.Length, output, results.Length, out returned);
        }

        if (status != 0)
        {
            throw new TorchException($"{Name}({Describe(arguments)}): {Native.LastError()}");
        }

        foreach (var argument in arguments)
        {
            GC.KeepAlive(argument.Reference);
        }

        return returned;
    }

    private static int ScratchNeeded(ReadOnlySpan<Argument> arguments)
    {
        var words = 0;
        foreach (var argument in arguments)
        {
            words += argument.Reference switch
            {
                Array list => list.Length,
                string text => (Encoding.UTF8.GetMaxByteCount(text.Length) / sizeof(long)) + 1,
                _ => 0,
            };
        }

        return words;
    }

    // `scratch` is stack memory or a pinned array, so that the addresses taken here stay valid.
    private static void Marshal(ReadOnlySpan<Argument> arguments, Span<NativeValue> values, Span<long> scratch)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            ref var value = ref values[i];
            value = new NativeValue { Tag = argument.Tag, Bits = argument.Bits };
            var words = 0;
            switch (argument.Reference)
            {
                case long[] integers:
                    integers.CopyTo(scratch);
                    value.Length = words = integers.Length;
                    break;
                case double[] numbers:
                    MemoryMarshal.Cast<double, long>(numbers).CopyTo(scratch);
                    value.Length = words = numbers.Length;
                    break;
                case Tensor?[] tensors:
                    for (var k = 0; k < tensors.Length; k++)
                    {
                        scratch[k] = tensors[k]?.Handle ?? 0;
                    }

                    value.Length = words = tensors.Length;
                    break;
                case string text:
                    value.Length = Encoding.UTF8.GetBytes(text, MemoryMarshal.AsBytes(scratch));
                    words = (value.Length / sizeof(long)) + 1;
                    break;
                default:
                    continue;
            }

            value.Bits = (long)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(scratch));
            scratch = scratch[words..];
        }
    }

    private nint ExpectTensor(NativeValue value) => value.Tag switch
    {
        NativeTag.Tensor => (nint)value.Bits,
        _ => throw new TorchException($"{Name} returned {value.Tag}, not a tensor"),
    };

    private static string Describe(ReadOnlySpan<Argument> arguments)
    {
        var parts = new List<string>();
        foreach (var argument in arguments)
        {
            parts.Add(argument.Reference switch
            {
                Tensor tensor => tensor.Describe(),
                Tensor?[] tensors => $"[{string.Join(", ", tensors.Select(t => t?.Describe() ?? "none"))}]",
                long[] integers => $"[{string.Join(", ", integers)}]",
                double[] numbers => $"[{string.Join(", ", numbers)}]",
                string text => $"'{text}'",
                _ when argument.Tag == NativeTag.Double => $"{BitConverter.Int64BitsToDouble(argument.Bits)}",
                _ when argument.Tag is NativeTag.Int or NativeTag.Bool => $"{argument.Bits}",
                _ => argument.Tag.ToString().ToLowerInvariant(),
            });
        }

        return string.Join(", ", parts);
    }
}
