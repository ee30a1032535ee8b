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
        var members = new List<IVerifier>();
        try
        {
            foreach (var (kind, files) in Parse(text, network))
            {
                members.Add(OpenOne(kind, files, device));
            }

            return members.Count == 1 ? members[0] : new EnsembleVerifier(members);
        }
        catch
        {
            foreach (var member in members.OfType<IDisposable>())
            {
                member.Dispose();
            }

            throw;
        }
    }

    /// <summary>Everything that decides what the verifier says: the kinds, and the content of the files, those that are not named included.</summary>
    /// <param name="text">The words.</param>
    /// <param name="network">The searched model, for <c>likelihood</c>.</param>
    /// <exception cref="InvalidInputException">The words name no verifier.</exception>
    public static string Identity(string text, string network) =>
        string.Join(" + ", Parse(text, network).Select(part => $"{part.Kind} {string.Join(' ', part.Files.Select(FileIdentity.Of))}"));

    private static IEnumerable<(string Kind, string[] Files)> Parse(string text, string network) => text.Split('+').Select(part =>
    {
        var colon = part.IndexOf(':');
        var (kind, file) = colon < 0 ? (part, null) : (part[..colon], part[(colon + 1)..]);
        return (kind, FilesOf(kind, file, network));
    });

    private static string[] FilesOf(string kind, string? file, string network)
    {
        switch (kind)
        {
            case "classifier" or "logit" or "confidence" or "self" or "is":
                return [file ?? ShippedPath()];
            case "script":
                return [file ?? throw new InvalidInputException("verifier script: name the file, script:FILE.pt")];
            case "fid":
                var named = file?.Split(',', 2) ?? throw new InvalidInputException("verifier fid: name the reference statistics, fid:REF.npz");
                return named.Length > 1 ? named : [named[0], ShippedPath()];
            case "likelihood":
                return [file ?? network];
            default:
                throw new InvalidInputException($"verifier {kind}: there is none of this name; use {Help}");
        }
    }

    private static IVerifier OpenOne(string kind, string[] files, Device device) => kind switch
    {
        "classifier" => Classifier(kind, files[0], device, ClassScore.LogProbability),
        "logit" => Classifier(kind, files[0], device, ClassScore.Logit),
        "confidence" => Classifier(kind, files[0], device, ClassScore.Confidence),
        "script" => new ScriptVerifier(files[0], device),
        "self" => new SelfSupervisedVerifier(FeatureExtractor.Open(files[0], device)),
        "is" => new InceptionOracle(FeatureExtractor.Open(files[0], device)),
        "fid" => Frechet(files[0], files[1], device),
        _ => Likelihood(files[0], device),
    };

    private static ClassifierVerifier Classifier(string kind, string path, Device device, ClassScore score) =>
        new(ClassifierFile.Load(path, device), $"{kind}:{path}", score);

    private static FrechetOracle Frechet(string file, string features, Device device)
    {
        using var reference = ReferenceFile.Read(file);
        var network = FeatureExtractor.Open(features, device);
        FeatureStatistics? statistics = null;
        try
        {
            reference.RequireProtocol(network.Protocol);
            var read = reference.Statistics;
            statistics = new FeatureStatistics(read.Mean.clone(), read.Covariance.clone(), read.Count);
            return new FrechetOracle(network, statistics);
        }
        catch
        {
            network.Dispose();
            statistics?.Dispose();
            throw;
        }
    }

    private static LikelihoodVerifier Likelihood(string path, Device device)
    {
        var model = DenoiserFile.Load(path, device);
        return new LikelihoodVerifier(model.Denoiser, owner: model);
    }

    private static string ShippedPath() => ShippedModel.Find(ShippedClassifier, folder: null) ?? throw new InvalidInputException(
        $"no classifier: {ShippedClassifier} is not there; train one with 'diffusharp classifier train' and name it, classifier:FILE");
}
