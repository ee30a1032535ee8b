namespace DiffuSharp.Torch.IO.Pickle;

/// <summary>The elements that one or more tensors of an archive share.</summary>
/// <param name="Key">Name of the entry under <c>data/</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TorchStorage(string Key, ScalarType Type, long Count);
