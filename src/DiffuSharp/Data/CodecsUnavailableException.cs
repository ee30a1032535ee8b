namespace DiffuSharp.Data;

/// <summary>The native image codecs are not installed, so only PGM and PPM files can be read and written.</summary>
/// <param name="message">One line: what was wanted and which package to install.</param>
public sealed class CodecsUnavailableException(string message) : Exception(message);
