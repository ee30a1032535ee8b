using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>A TorchScript module: code and weights in one file that the user names. Calls are recorded for gradients.</summary>
public sealed unsafe class ScriptModule : IDisposable
{
    private const int MaxResults = 16;

    private readonly string _name;
    private nint _handle;

    /// <summary>Loads a module in evaluation mode.</summary>
    /// <param name="path">A file of <c>torch.jit.save</c>.</param>
    /// <param name="device">Where its parameters go; the CPU by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TorchScript file; one line.</exception>
    public ScriptModule(string path, Device? device = null)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file; check the name", path);
        }

        _name = Path.GetFileName(path);
        if (Native.ds_script_load(path, (device ?? Device.CPU).Packed, out _handle) != 0)
        {
            throw new InvalidDataException($"{path}: not a TorchScript module: {FirstLine(Native.LastError())}");
        }
    }

    /// <summary>Backstop for modules that nobody disposed of.</summary>
    ~ScriptModule() => Free();

    /// <summary>Calls <c>forward</c> for its single tensor.</summary>
    /// <exception cref="TorchException">The module refused, or returns something else.</exception>
    public Tensor forward(params ReadOnlySpan<Argument> arguments)
    {
        var results = call("forward", arguments);
        return results.Length == 1 ? results[0] : throw new TorchException($"{_name}.forward returned {results.Length} tensors, not one");
    }

    /// <summary>Calls a method with tensors, numbers, truth values or None; gives the tensors that it returns, in order.</summary>
    /// <exception cref="TorchException">The module refused.</exception>
    public Tensor[] call(string method, params ReadOnlySpan<Argument> arguments)
    {
        Span<NativeValue> values = stackalloc NativeValue[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new NativeValue { Tag = arguments[i].Tag, Bits = arguments[i].Bits };
        }

        var handles = stackalloc nint[MaxResults];
        int returned;
        fixed (NativeValue* first = values)
        {
            Native.Check(Native.ds_script_call(Handle, method, first, values.Length, handles, MaxResults, out returned), $"{_name}.{method}");
        }

        GC.KeepAlive(this);
        foreach (var argument in arguments)
        {
            GC.KeepAlive(argument.Reference);
        }

        var tensors = new Tensor[returned];
        for (var i = 0; i < returned; i++)
        {
            tensors[i] = Tensor.FromHandle(handles[i]);
        }

        return tensors;
    }

    /// <summary>Sets whether gradients of the module's parameters are recorded.</summary>
    public void requires_grad_(bool value)
    {
        Native.Check(Native.ds_script_set_requires_grad(Handle, value ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>Sets training mode (dropout active) or evaluation mode.</summary>
    public void train(bool on = true)
    {
        Native.Check(Native.ds_script_set_training(Handle, on ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>Frees the module.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(ScriptModule));

    private static string FirstLine(string text) => text.Split('\n', 2)[0];

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Native.ds_script_release(handle);
        }
    }
}
