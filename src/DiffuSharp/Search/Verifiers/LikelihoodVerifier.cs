using DiffuSharp.Denoising;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>
/// How probable a diffusion model finds an image: the data-dependent part of its variational bound, −∫ E‖x − D(x + σ n; σ)‖²/σ² d(ln σ) in nats, by the midpoint
/// rule over some levels with the same noise for all images, so that differences between images are not noise.
/// </summary>
public sealed class LikelihoodVerifier : IVerifier
{
    private readonly IDenoiser _denoiser;
    private readonly double[] _levels;
    private readonly double _step;

    /// <summary>Sets the levels.</summary>
    /// <param name="denoiser">A model of its own, whose evaluations do not count as those of the search.</param>
    /// <param name="levels">Number of levels, uniform in ln σ.</param>
    /// <param name="min">Lowest noise level.</param>
    /// <param name="max">Highest.</param>
    /// <exception cref="InvalidInputException">The range is empty.</exception>
    public LikelihoodVerifier(IDenoiser denoiser, int levels = 6, double min = 0.05, double max = 5)
    {
        if (levels < 1 || !(min > 0) || !(max > min))
        {
            throw new InvalidInputException($"verifier likelihood: {levels} levels from {min:R} to {max:R} make no range");
        }

        _denoiser = denoiser;
        _step = Math.Log(max / min) / levels;
        _levels = [.. Enumerable.Range(0, levels).Select(i => min * Math.Exp((i + 0.5) * _step))];
    }

    /// <inheritdoc/>
    public string Name => $"likelihood:{_levels.Length}";

    /// <inheritdoc/>
    public bool IsDifferentiable => true;

    /// <summary>Network evaluations of the verifier's own model so far.</summary>
    public long Evaluations => _denoiser.Evaluations;

    /// <inheritdoc/>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var x = batch.Images.to(_denoiser.Device, ScalarType.Float64);
        var labels = batch.Classes is { } classes && _denoiser.LabelDim > 0
            ? new Condition(torch.nn.functional.one_hot(torch.tensor(classes), _denoiser.LabelDim).to(_denoiser.Device, ScalarType.Float32))
            : null;
        var bound = torch.zeros([x.size(0)], ScalarType.Float64, _denoiser.Device);
        for (var i = 0; i < _levels.Length; i++)
        {
            var sigma = _levels[i];
            var noise = CandidateNoise.Normal(SplitMix64.Mix((ulong)i), _denoiser.Shape).to(_denoiser.Device);
            var denoised = _denoiser.Denoise(x + (noise * sigma), torch.tensor([sigma]), labels).to(ScalarType.Float64);
            bound = bound - ((x - denoised).flatten(1).square().sum([1]) * (_step / (sigma * sigma)));
        }

        return bound.MoveToOuterDisposeScope();
    }
}
