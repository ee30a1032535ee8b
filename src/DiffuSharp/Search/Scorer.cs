using System.Diagnostics;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Calls a verifier, checks what it says, and measures its time.</summary>
internal sealed class Scorer(IVerifier verifier)
{
    private readonly Stopwatch _watch = new();

    public IVerifier Verifier => verifier;

    /// <summary>Time in the verifier so far.</summary>
    public double Seconds => _watch.Elapsed.TotalSeconds;

    /// <summary>The evaluated row whose denoised image the verifier wants; null for none.</summary>
    public int? ObservedRow(SamplerTableau sampler) => verifier.ObservedSigma is { } sigma
        ? Enumerable.Range(0, sampler.Nfe).MinBy(i => Math.Abs(Math.Log(sampler.Rows[i].Sigma / sigma)))
        : null;

    /// <summary>One score for each image, at any number of them at once.</summary>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    public double[] Score(Tensor images, long[]? classes, Tensor? observed = null)
    {
        _watch.Start();
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var scores = verifier.Score(new VerifierBatch(Range(images), classes, observed is null ? null : Range(observed)))
            .to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
        _watch.Stop();
        return scores.Length == images.size(0) && !scores.Any(double.IsNaN)
            ? scores
            : throw new InvalidDataException(
                $"verifier {verifier.Name}: gave {scores.Length} scores for {images.size(0)} images, {scores.Count(double.IsNaN)} of them not numbers");
    }

    /// <summary>Images as a verifier sees them: what lies outside [−1, 1] is clipped when the image is written.</summary>
    public static Tensor Range(Tensor images) => images.clamp(-1, 1);
}
