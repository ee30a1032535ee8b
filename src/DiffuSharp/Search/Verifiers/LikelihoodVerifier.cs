using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>The likelihood of the image under a model.</summary>
[Recipe("likelihood")]
public sealed record LikelihoodRecipe : VerifierRecipe
{
    /// <summary>The model; the searched one where none is named.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? Model { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [Model ?? context.Network];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context)
    {
        var model = DenoiserFile.Load(Model ?? context.Network, context.Device);
        try
        {
            var classes = context.Match(new ClassList($"the model {Model ?? context.Network}", model.Denoiser.LabelDim, model.ClassNames));
            return new LikelihoodVerifier(model.Denoiser, owner: model) { Classes = classes };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}

/// <summary>
/// How probable a diffusion model finds an image: the data-dependent part of its variational bound, −∫ E‖x − D(x + σ n; σ)‖²/σ² d(ln σ) in nats, by the midpoint
/// rule over some levels with the same noise for all images, so that differences between images are not noise.
/// </summary>
public sealed class LikelihoodVerifier : IVerifier, IDisposable
{
    private readonly IDenoiser _denoiser;
    private readonly IDisposable? _owner;
    private readonly double[] _levels;
    private readonly double _step;

    /// <summary>Sets the levels.</summary>
    /// <param name="denoiser">A model of its own, whose evaluations do not count as those of the search.</param>
    /// <param name="levels">Number of levels, uniform in ln σ.</param>
    /// <param name="min">Lowest noise level.</param>
    /// <param name="max">Highest.</param>
    /// <param name="owner">What holds the model, disposed of with the verifier; null where the caller does that.</param>
    /// <exception cref="InvalidInputException">The range is empty.</exception>
    public LikelihoodVerifier(IDenoiser denoiser, int levels = 6, double min = 0.05, double max = 5, IDisposable? owner = null)
    {
        if (levels < 1 || !(min > 0) || !(max > min))
        {
            throw new InvalidInputException($"verifier likelihood: {levels} levels from {min:R} to {max:R} make no range");
        }

        (_denoiser, _owner) = (denoiser, owner);
        _step = Math.Log(max / min) / levels;
        _levels = [.. Enumerable.Range(0, levels).Select(i => min * Math.Exp((i + 0.5) * _step))];
    }

    /// <summary>The wanted classes as the model's; null where they are the same.</summary>
    public ClassMap? Classes { get; init; }

    /// <inheritdoc/>
    public string Name => $"likelihood:{_levels.Length}";

    /// <inheritdoc/>
    public bool IsDifferentiable => true;

    /// <summary>Network evaluations of the verifier's own model so far.</summary>
    public long Evaluations => _denoiser.Evaluations;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The images or their classes do not suit the model.</exception>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var x = batch.Images.to(_denoiser.Device, ScalarType.Float64);
        var (shape, labelDim) = (_denoiser.Shape, _denoiser.LabelDim);
        if (!x.shape.AsSpan(1).SequenceEqual([shape.Channels, shape.Height, shape.Width]))
        {
            throw new InvalidInputException($"verifier {Name}: takes {shape} images, the model makes {x.Describe()}");
        }

        var wanted = labelDim > 0 ? batch.Classes : null;
        wanted = wanted is null || Classes is null ? wanted : Classes.Apply(wanted);
        if (wanted?.Max() >= labelDim)
        {
            throw new InvalidInputException($"verifier {Name}: knows {labelDim} classes, but class {wanted.Max()} is wanted");
        }

        var labels = wanted is null ? null : Condition.OfClasses(wanted, labelDim, _denoiser.Device);
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

    /// <summary>Frees the model if it was handed over.</summary>
    public void Dispose() => _owner?.Dispose();
}
