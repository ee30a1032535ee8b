namespace DiffuSharp.Torch;

/// <summary>
/// Owns the tensors made on this thread while it is the innermost scope and frees their native memory when disposed.
/// A tensor that must live on is moved out by <see cref="TensorLifetime.MoveToOuterDisposeScope{T}"/> or
/// <see cref="TensorLifetime.DetachFromDisposeScope{T}"/>.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? s_current;

    private readonly List<Tensor> _tensors = [];
    private readonly DisposeScope? _outer;

    internal DisposeScope()
    {
        _outer = s_current;
        s_current = this;
    }

    /// <summary>The number of tensors that the scope owns now.</summary>
    public int Count => _tensors.Count;

    internal static DisposeScope? Current => s_current;

    internal DisposeScope? Outer => _outer;

    /// <summary>Frees the tensors of the scope and makes the outer scope the innermost one again.</summary>
    public void Dispose()
    {
        if (s_current == this)
        {
            s_current = _outer;
        }

        foreach (var tensor in _tensors)
        {
            tensor.Scope = null;
            tensor.Dispose();
        }

        _tensors.Clear();
    }

    internal void Add(Tensor tensor)
    {
        tensor.Scope = this;
        tensor.ScopeIndex = _tensors.Count;
        _tensors.Add(tensor);
    }

    internal void Remove(Tensor tensor)
    {
        var last = _tensors[^1];
        _tensors[tensor.ScopeIndex] = last;
        last.ScopeIndex = tensor.ScopeIndex;
        _tensors.RemoveAt(_tensors.Count - 1);
        tensor.Scope = null;
    }
}
