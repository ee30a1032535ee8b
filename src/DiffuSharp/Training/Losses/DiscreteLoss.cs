using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>The losses of DDPM, at steps t uniform in {1 … T}. They take uniform numbers.</summary>
[Recipe("ddpm", Source = "Ho et al. 2020, eq. 5 and 14; Nichol and Dhariwal 2021, eq. 16")]
public sealed record DiscreteLoss : TrainingLoss
{
    private static readonly double s_bitsPerNat = 1 / Math.Log(2);

    /// <summary>Process, prediction and variance; those of the preconditioning.</summary>
    [RecipeOption(Ignore = true)]
    public DiscretePreconditioning Model { get; init; } = new();

    /// <summary>Which loss; by default simple, or hybrid where the model predicts variances.</summary>
    public DiscreteObjective? Objective { get; init; }

    /// <summary>λ of the hybrid loss.</summary>
    [Range(0.0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double Lambda { get; init; } = 1e-3;

    /// <inheritdoc/>
    public override bool Suits(Preconditioning preconditioning) => preconditioning is DiscretePreconditioning;

    /// <inheritdoc/>
    public override TrainingLoss For(Preconditioning preconditioning) => preconditioning is DiscretePreconditioning ddpm
        ? this with { Model = ddpm, Objective = Objective ?? (ddpm.Variance == ReverseVariance.Learned ? DiscreteObjective.Hybrid : DiscreteObjective.Simple) }
        : this;

    /// <inheritdoc/>
    public override LossDraws Draw(int n, ImageShape shape, Generator generator, ScalarType dtype = ScalarType.Float32) => new(
        torch.rand([n], generator, ScalarType.Float64), torch.randn([n, shape.Channels, shape.Height, shape.Width], generator, dtype));

    /// <inheritdoc/>
    /// <remarks>x̂_0 is not limited here, as in the released code.</remarks>
    public override LossValues Compute(IDenoiser denoiser, Tensor images, Condition? condition, LossDraws draws)
    {
        using var scope = torch.NewDisposeScope();
        var process = new ReverseProcess(denoiser, Model.Schedule, Model.Variance, clip: false);
        var steps = Array.ConvertAll(draws.Unit.ToArray<double>(), Step);
        var clean = images.to(process.Device, ScalarType.Float64);
        var noisy = process.Diffuse(clean, steps, draws.Noise.to(process.Device, ScalarType.Float64));
        var step = process.At(noisy, steps, condition);
        var values = Objective switch
        {
            DiscreteObjective.Vlb => Bound(step),
            DiscreteObjective.Hybrid => Simple() + (Bound(step with { Mean = step.Mean.detach() }) * Lambda),
            _ => Simple(),
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

/// <summary>What a discrete model minimises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DiscreteObjective>))]
public enum DiscreteObjective
{
    /// <summary>L_simple: the squared error of what the network predicts, at t uniform (Ho et al. 2020, eq. 14).</summary>
    [JsonStringEnumMemberName("simple")]
    Simple,

    /// <summary>L_vlb: the variational bound, T times its term at t uniform, in bits (Ho et al. 2020, eq. 5).</summary>
    [JsonStringEnumMemberName("vlb")]
    Vlb,

    /// <summary>L_simple + λ L_vlb, where L_vlb trains the variances only (Nichol and Dhariwal 2021, eq. 16).</summary>
    [JsonStringEnumMemberName("hybrid")]
    Hybrid,
}
