namespace DiffuSharp.Torch;

/// <summary>An error of libtorch: the operator, the shapes it was given and libtorch's own message.</summary>
/// <param name="message">The whole text.</param>
public sealed class TorchException(string message) : Exception(message);
