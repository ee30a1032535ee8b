using DiffuSharp.Torch;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning.Validation;

/// <summary>A loss as validation on held-out latents, for example the distance from the teacher's samples of these latents.</summary>
/// <param name="loss">The loss; a <see cref="TeacherLoss"/> must have a teacher for the held-out seeds.</param>
public sealed class LossValidation(ISampleLoss loss) : IValidationMetric
{
    private const int Batch = 64;

    /// <inheritdoc/>
    public string Name => $"heldout-{loss.Name}";

    /// <inheritdoc/>
    public double Measure(IReadOnlyList<long> seeds, Tensor samples)
    {
        using var scope = torch.NewDisposeScope();
        return loss.Evaluate(new SampleBatch(seeds, samples, Batch)).Value;
    }
}
