namespace DiffuSharp.Cli.Commands;

/// <summary>An image of a folder of samples.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Seed">Its seed, or its number where it was decoded.</param>
/// <param name="Class">Its class; null where it has none.</param>
/// <param name="ClassName">Name of the class; null where unknown.</param>
internal sealed record RecordedImage(string File, long Seed, int? Class, string? ClassName);
