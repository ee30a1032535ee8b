namespace DiffuSharp;

/// <summary>
/// Training met NaN or an infinity and stopped before the weights took it in. The message is one line for the user.
/// </summary>
/// <param name="message">One line that names the module.</param>
/// <param name="module">Dotted name of the first module (in forward order) with a value that is not finite; empty if it is the
/// input.</param>
public sealed class NonFiniteException(string message, string module) : Exception(message)
{
    /// <summary>
    /// Dotted name of the first module (in forward order) with a value that is not finite; empty if it is the input.
    /// </summary>
    public string Module { get; } = module;
}
