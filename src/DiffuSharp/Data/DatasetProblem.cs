namespace DiffuSharp.Data;

/// <summary>Something wrong in a data set.</summary>
/// <param name="File">The file it concerns.</param>
/// <param name="Description">What is wrong, one line.</param>
public sealed record DatasetProblem(string File, string Description);
