namespace DiffuSharp.Networks.Classifiers;

/// <summary>A classifier with its description: what a classifier file holds.</summary>
/// <param name="Description">What it is.</param>
/// <param name="Network">The network.</param>
public sealed record ClassifierModel(ClassifierDescription Description, Classifier Network) : IDisposable
{
    /// <summary>Frees the weights.</summary>
    public void Dispose() => Network.Dispose();
}
