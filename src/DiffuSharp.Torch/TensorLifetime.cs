namespace DiffuSharp.Torch;

/// <summary>Moves tensors between dispose scopes.</summary>
public static class TensorLifetime
{
    /// <summary>Hands the tensor to the scope outside of the one that owns it; without one, to the garbage collector.</summary>
    public static T MoveToOuterDisposeScope<T>(this T tensor)
        where T : Tensor
    {
        var scope = tensor.Scope;
        scope?.Remove(tensor);
        scope?.Outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Takes the tensor out of every scope: its holder disposes of it.</summary>
    public static T DetachFromDisposeScope<T>(this T tensor)
        where T : Tensor
    {
        tensor.Scope?.Remove(tensor);
        return tensor;
    }
}
