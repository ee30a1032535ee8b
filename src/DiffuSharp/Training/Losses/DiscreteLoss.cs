using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>The losses of DDPM, at steps t uniform in {1 … T}. They take uniform numbers.</summary>
/// <param name="Model">Process, prediction and variance.</param>
/// <param name="Objective">Which loss.</param>
/// <param name="Lambda">λ of the hybrid loss.</param>
public sealed record DiscreteLoss(DiscretePreconditioning Model, DiscreteObjective Objective, double Lambda = 1e-3) : ITrainingLoss
{
    private static readonly double s_bitsPerNat = 1 / Math.Log(2);

    /// <inheritdoc/>
    public LossDraws Draw(int n, ImageShape shape, Generator generator, ScalarType dtype = ScalarType.Float32) => new(
        torch.rand([n], generator, ScalarType.Float64), torch.randn([n, shape.Channels, shape.Height, shape.Width], generator, dtype));

    /// <inheritdoc/>
    /// <remarks>x̂_0 is not limited here, as in the released code.</remarks>
    public LossValues Compute(IDenoiser denoiser, Tensor images, Condition? condition, LossDraws draws)
    {
        using var scope = torch.NewDisposeScope();
        var process = new ReverseProcess(denoiser, Model.Schedule, Model.Variance, clip: false);
        var steps = Array.ConvertAll(draws.Unit.ToArray<double>(), Step);
        var clean = images.to(process.Device, ScalarType.Float64);
        var noisy = process.Diffuse(clean, steps, draws.Noise.to(process.Device, ScalarType.Float64));
        var step = process.At(noisy, steps, condition);
        var values = Objective switch
        {
            DiscreteObjective.Simple => Simple(),
            DiscreteObjective.Vlb => Bound(step),
            _ => Simple() + (Bound(step with { Mean = step.Mean.detach() }) * Lambda),
        };
        var sigma = torch.tensor(Array.ConvertAll(steps, t => Model.Schedule.Sigma(t)));
        return new(values.to(images.dtype).MoveToOuterDisposeScope(), sigma.MoveToOuterDisposeScope());

        Tensor Simple()
        {
            var weights = Array.ConvertAll(steps, t => 1 / (Model.OutputScale(t) * Model.OutputScale(t)));
            return (step.Denoised - clean).square() * torch.tensor(weights, [weights.Length, 1, 1, 1], device: process.Device);
        }

        Tensor Bound(ReverseStep model) => VariationalTerm.Of(process, clean, noisy, steps, model) * (Model.Schedule.T * s_bitsPerNat);
    }

    private int Step(double unit) => 1 + (int)(unit * Model.Schedule.T);
}
