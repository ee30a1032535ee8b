using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// λ(σ) (D(y + σ n; σ) − y)², the weighted error of denoising at noise levels drawn from a distribution (EDM, Karras et al. 2022,
/// eq. 2 and 8; the rows "noise distribution" and "loss weighting" of Table 1).
/// </summary>
public abstract record DenoisingLoss : TrainingLoss
{
    /// <inheritdoc/>
    public override bool Suits(Preconditioning preconditioning) => preconditioning is EdmPreconditioning;

    /// <inheritdoc/>
    public override LossDraws Draw(int n, ImageShape shape, Generator generator, ScalarType dtype = ScalarType.Float32) =>
        new(DrawUnit([n], generator), torch.randn([n, shape.Channels, shape.Height, shape.Width], generator, dtype));

    /// <inheritdoc/>
    public override LossValues Compute(IDenoiser denoiser, Tensor images, Condition? condition, LossDraws draws)
    {
        using var scope = torch.NewDisposeScope();
        var levels = Array.ConvertAll(draws.Unit.ToArray<double>(), Sigma);
        var sigma = torch.tensor(levels);
        var weight = torch.tensor(Array.ConvertAll(levels, Weight), [levels.Length, 1, 1, 1]);
        var device = denoiser.Device;
        var clean = images.to(device);
        var noise = draws.Noise.to(device) * sigma.reshape(-1, 1, 1, 1).to(device, draws.Noise.dtype);
        var denoised = denoiser.Denoise(clean + noise, sigma, condition);
        var values = (denoised - clean).square() * weight.to(device, denoised.dtype);
        return new(values.MoveToOuterDisposeScope(), sigma.MoveToOuterDisposeScope());
    }

    /// <summary>The noise level that a drawn number stands for.</summary>
    public abstract double Sigma(double unit);

    /// <summary>λ(σ).</summary>
    public abstract double Weight(double sigma);

    /// <summary>Draws the numbers that <see cref="Sigma"/> takes, float64.</summary>
    protected abstract Tensor DrawUnit(long[] size, Generator generator);
}
