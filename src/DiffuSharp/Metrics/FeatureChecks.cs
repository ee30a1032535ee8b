using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>What every metric requires of its features.</summary>
internal static class FeatureChecks
{
    /// <summary>Refuses rows with NaN or infinite values.</summary>
    /// <param name="features">[n,d].</param>
    /// <param name="first">Number of the first row among all images.</param>
    /// <exception cref="InvalidInputException">There are such rows.</exception>
    public static void RequireFinite(Tensor features, long first = 0)
    {
        using var scope = torch.NewDisposeScope();
        if (features.ndim != 2)
        {
            throw new InvalidInputException($"features are {features.Describe()}, not [images, features]");
        }

        var finite = features.isfinite();
        if (finite.all().item<bool>())
        {
            return;
        }

        var rows = finite.all(1).to(Device.CPU).ToArray<bool>();
        throw new InvalidInputException(
            $"features: {rows.Count(ok => !ok)} of {rows.Length} images give NaN or infinite values, first image {first + Array.IndexOf(rows, false)}; "
            + "check the images and the feature network");
    }

    /// <summary>Refuses two sets that no metric can compare.</summary>
    /// <param name="generated">[n,d].</param>
    /// <param name="reference">[m,d].</param>
    /// <param name="atLeast">Images that each must have.</param>
    /// <param name="metric">Name for the message.</param>
    /// <exception cref="InvalidInputException">Too few images, other dimensions, or values that are not finite.</exception>
    public static void RequirePair(Tensor generated, Tensor reference, long atLeast, string metric)
    {
        RequireFinite(generated);
        RequireFinite(reference);
        if (generated.size(1) != reference.size(1))
        {
            throw new InvalidInputException($"{metric}: {generated.size(1)} features against {reference.size(1)} of the reference; use one feature network");
        }

        if (Math.Min(generated.size(0), reference.size(0)) < atLeast)
        {
            throw new InvalidInputException(
                $"{metric}: {generated.size(0)} images against {reference.size(0)} of the reference; at least {atLeast} of each are needed");
        }
    }
}
