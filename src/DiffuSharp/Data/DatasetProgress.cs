namespace DiffuSharp.Data;

/// <summary>How far reading through a data set is.</summary>
/// <param name="Done">Images done.</param>
/// <param name="Total">Images in all.</param>
public readonly record struct DatasetProgress(int Done, int Total);
