namespace DiffuSharp.Cli.Commands;

/// <summary>Where samples went.</summary>
/// <param name="Outdir">Folder of the images.</param>
/// <param name="Grid">File of the grid, or null.</param>
/// <param name="Predictions">File of the predicted clean images, or null.</param>
internal sealed record SampleFiles(string Outdir, string? Grid, string? Predictions = null);
