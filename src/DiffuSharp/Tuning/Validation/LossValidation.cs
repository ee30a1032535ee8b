using DiffuSharp.Torch;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning.Validation;

/// <summary>A loss as validation on held-out latents, for example the distance from the teacher's samples of these latents.</summary>
/// <param name="loss">The loss; a <see cref="TeacherLoss"/> must have a teacher for the held-out seeds.</param>
public sealed class LossValidation(ISampleLoss loss) : IValidationMetric
{
    /// <inheritdoc/>
    public string Name => $"heldout-{loss.Name}";

    /// <inheritdoc/>
    public string Identity => $"heldout-{loss.Identity}";

    /// <inheritdoc/>
    public double Measure(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        return loss.Evaluate(batch, cancellation).Value;
    }
}
