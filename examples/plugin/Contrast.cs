using DiffuSharp.Recipes;
using DiffuSharp.Torch;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Losses;

namespace MyPlugin;

/// <summary>How far the mean square of the pixels is from a wanted one.</summary>
[Recipe("contrast")]
public sealed record Contrast : TuningLoss, ISampleLoss
{
    /// <summary>The wanted mean square.</summary>
    [System.ComponentModel.DataAnnotations.Range(0.0, 1.0)]
    public double Target { get; init; } = 0.5;

    /// <inheritdoc/>
    public string Name => ToString();

    /// <inheritdoc/>
    public override ISampleLoss Open(TuningContext context) => this;

    /// <inheritdoc/>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        var samples = batch.Samples;
        var difference = samples.square().mean().ToDouble() - Target;
        var gradient = samples * (4 * difference / samples.numel());
        return new SampleLossResult(difference * difference, gradient.MoveToOuterDisposeScope(), [new LossPart("contrast", difference)]);
    }
}
