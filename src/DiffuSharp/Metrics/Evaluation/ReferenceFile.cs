using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>
/// Reference statistics as npz. Ours hold <c>mu</c>, <c>sigma</c>, <c>num_images</c>, <c>protocol</c> (JSON), <c>dataset</c>, <c>features</c> (a subset) and,
/// for data with classes, <c>class_mu</c>, <c>class_sigma</c>, <c>class_num</c>, <c>class_names</c>; with spatial features also <c>mu_s</c>, <c>sigma_s</c>. Those of EDM (<c>mu</c>,
/// <c>sigma</c>) and ADM (also <c>mu_s</c>, <c>sigma_s</c>) are read too, and ours can be read by their tools.
/// </summary>
public static class ReferenceFile
{
    /// <summary>Writes a reference atomically.</summary>
    public static void Write(string path, ReferenceStatistics reference)
    {
        using var scope = torch.NewDisposeScope();
        var arrays = new List<(string Name, NpyValue Value)>
        {
            ("mu", reference.Statistics.Mean.ToNpy()),
            ("sigma", reference.Statistics.Covariance.ToNpy()),
        };
        if (reference.SpatialStatistics is { } spatial)
        {
            arrays.Add(("mu_s", spatial.Mean.ToNpy()));
            arrays.Add(("sigma_s", spatial.Covariance.ToNpy()));
        }

        if (reference.Statistics.Count is { } count)
        {
            arrays.Add(("num_images", NpyArray.Create<long>([count])));
        }

        if (reference.Protocol is { } protocol)
        {
            arrays.Add(("protocol", new NpyStrings(protocol.ToJson())));
        }

        if (reference.Dataset is { } dataset)
        {
            arrays.Add(("dataset", new NpyStrings(dataset)));
        }

        if (reference.Features is { } features)
        {
            arrays.Add(("features", features.ToNpy()));
        }

        AddClasses(arrays, reference);
        NpzFile.Write(path, arrays);
    }

    /// <summary>Reads a reference.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no reference; one line.</exception>
    public static ReferenceStatistics Read(string path)
    {
        using var scope = torch.NewDisposeScope();
        using var file = NpzFile.Open(path);
        long? count = file.Contains("num_images") ? (long)file.ReadArray("num_images").ToTensor().ToDouble() : null;
        try
        {
            return new ReferenceStatistics
            {
                Statistics = Statistics(file, "mu", "sigma", count),
                SpatialStatistics = file.Contains("mu_s") ? Statistics(file, "mu_s", "sigma_s", count) : null,
                Protocol = file.Contains("protocol") ? FeatureProtocol.FromJson(file.ReadStrings("protocol").Values[0]) : null,
                Dataset = file.Contains("dataset") ? file.ReadStrings("dataset").Values[0] : null,
                Features = file.Contains("features") ? Features(file) : null,
                ClassStatistics = file.Contains("class_num") ? Classes(file) : [],
                ClassNames = file.Contains("class_num") && file.Contains("class_names") ? ClassNames(file) : null,
                Sha256 = FileHash.Sha256(path),
            };
        }
        catch (Exception error) when (error is InvalidInputException || (error is InvalidDataException && !error.Message.StartsWith(path, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{path}: {error.Message}; write the file again", error);
        }
    }

    private static FeatureStatistics Statistics(NpzFile file, string mean, string covariance, long? count) => new(
        file.ReadArray(mean).ToTensor().to(ScalarType.Float64), file.ReadArray(covariance).ToTensor().to(ScalarType.Float64), count);

    private static Tensor Features(NpzFile file)
    {
        var dimension = file.ReadArray("mu").ToTensor().size(0);
        var features = file.ReadArray("features").ToTensor();
        return features.ndim == 2 && features.size(1) == dimension
            ? features.to(ScalarType.Float32).DetachFromDisposeScope()
            : throw new InvalidInputException($"features are {features.Describe()}, not [images,{dimension}]");
    }

    // The classes that are missing lie there as zeros with a count of zero.
    private static void AddClasses(List<(string Name, NpyValue Value)> arrays, ReferenceStatistics reference)
    {
        if (reference.ClassStatistics.Count == 0)
        {
            return;
        }

        var d = reference.Statistics.Dimension;
        arrays.Add(("class_mu", torch.stack([.. reference.ClassStatistics.Select(s => s?.Mean ?? torch.zeros([d], ScalarType.Float64))]).ToNpy()));
        arrays.Add(("class_sigma", torch.stack([.. reference.ClassStatistics.Select(s => s?.Covariance ?? torch.zeros([d, d], ScalarType.Float64))]).ToNpy()));
        arrays.Add(("class_num", NpyArray.Create<long>([.. reference.ClassStatistics.Select(s => s?.Count ?? 0)], reference.ClassStatistics.Count)));
        if (reference.ClassNames is { } names)
        {
            arrays.Add(("class_names", new NpyStrings([names.Count], [.. names])));
        }
    }

    private static string[] ClassNames(NpzFile file)
    {
        var names = file.ReadStrings("class_names").Values;
        var count = file.ReadArray("class_num").Shape[0];
        return names.Length == count ? names : throw new InvalidInputException($"class_names names {names.Length} classes, class_num counts {count}");
    }

    private static FeatureStatistics?[] Classes(NpzFile file)
    {
        var counts = file.ReadArray("class_num").ToTensor().to(ScalarType.Int64).ToArray<long>();
        var means = file.ReadArray("class_mu").ToTensor().to(ScalarType.Float64);
        var covariances = file.ReadArray("class_sigma").ToTensor().to(ScalarType.Float64);
        if (means.ndim != 2 || covariances.ndim != 3 || means.size(0) != counts.Length || covariances.size(0) != counts.Length)
        {
            throw new InvalidInputException($"class_mu {means.Describe()} and class_sigma {covariances.Describe()} do not belong to {counts.Length} classes");
        }

        return [.. counts.Select((count, k) => count < 2 ? null : new FeatureStatistics(means[k].clone(), covariances[k].clone(), count))];
    }
}
