using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Networks;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Verifiers as words: <c>KIND</c>, <c>KIND:FILE</c>, and several joined by <c>+</c> as an ensemble.</summary>
internal static class VerifierSpec
{
    public const string Help =
        "classifier, logit or confidence[:FILE] (of 'classifier train' [the shipped one]), script:FILE.pt, self[:FILE], is[:FILE], fid:REF.npz[,FILE], "
        + "likelihood[:MODEL]; several joined by + rank together";

    private const string ShippedClassifier = "models/fashion-mnist-classifier.safetensors";

    /// <summary>Opens a verifier; the caller disposes of it where it can.</summary>
    /// <param name="text">The words.</param>
    /// <param name="network">The searched model, for <c>likelihood</c>.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="InvalidInputException">The words name no verifier.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public static IVerifier Open(string text, string network, Device device)
    {
        var parts = text.Split('+');
        return parts.Length == 1
            ? OpenOne(text, network, device)
            : new EnsembleVerifier([.. parts.Select(part => OpenOne(part, network, device))]);
    }

    /// <summary>Everything that decides what the verifier says: the words, and the hashes of the files.</summary>
    public static string Identity(string text) => string.Join(
        ' ', text.Split('+', ':', ',').Select(word => File.Exists(word) ? FileHash.Sha256(word) : word));

    private static IVerifier OpenOne(string text, string network, Device device)
    {
        var colon = text.IndexOf(':');
        var (kind, file) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        return kind switch
        {
            "classifier" => Classifier(ClassScore.LogProbability),
            "logit" => Classifier(ClassScore.Logit),
            "confidence" => Classifier(ClassScore.Confidence),
            "script" => new ScriptVerifier(file ?? throw new InvalidInputException("verifier script: name the file, script:FILE.pt"), device),
            "self" => new SelfSupervisedVerifier(Features(file, device)),
            "is" => new InceptionOracle(Features(file, device)),
            "fid" => Frechet(file ?? throw new InvalidInputException("verifier fid: name the reference statistics, fid:REF.npz"), device),
            "likelihood" => new LikelihoodVerifier(DenoiserFile.Load(file ?? network, device).Denoiser),
            _ => throw new InvalidInputException($"verifier {kind}: there is none of this name; use {Help}"),
        };

        ClassifierVerifier Classifier(ClassScore score)
        {
            var path = file ?? ShippedPath();
            return new ClassifierVerifier(ClassifierFile.Load(path, device), $"{kind}:{path}", score);
        }
    }

    private static FrechetOracle Frechet(string files, Device device)
    {
        var parts = files.Split(',', 2);
        using var reference = ReferenceFile.Read(parts[0]);
        var network = Features(parts.Length > 1 ? parts[1] : null, device);
        reference.RequireProtocol(network.Protocol);
        var statistics = reference.Statistics;
        return new FrechetOracle(network, new FeatureStatistics(statistics.Mean.clone(), statistics.Covariance.clone(), statistics.Count));
    }

    private static IFeatureExtractor Features(string? file, Device device)
    {
        var path = file ?? ShippedPath();
        return Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? ClassifierFeatureExtractor.Open(path, device)
            : ScriptFeatureExtractor.Open(path, device);
    }

    private static string ShippedPath() => ShippedModel.Find(ShippedClassifier, folder: null) ?? throw new InvalidInputException(
        $"no classifier: {ShippedClassifier} is not there; train one with 'diffusharp classifier train' and name it, classifier:FILE");
}
