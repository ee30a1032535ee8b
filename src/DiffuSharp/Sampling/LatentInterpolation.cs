using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// Interpolation of two images through their noisy latents (Ho et al. 2020, section 4.4): both are diffused to step t, the latents x_t and
/// x'_t are mixed, and the mixes are sampled back. All mixes share the noise of the two encodings and of the way back.
/// </summary>
/// <param name="Process">The model.</param>
/// <param name="Step">t in [0, T]; the larger, the coarser what the results have in common with the images.</param>
/// <param name="Mixing">How the latents are mixed.</param>
public sealed record LatentInterpolation(ReverseProcess Process, int Step, LatentMixing Mixing = LatentMixing.Lerp)
{
    /// <summary>Interpolates.</summary>
    /// <param name="first">The image at λ = 0, [C,H,W].</param>
    /// <param name="second">The image at λ = 1, [C,H,W].</param>
    /// <param name="lambdas">λ of each result.</param>
    /// <param name="seed">Seed of all noise.</param>
    /// <param name="condition">Labels of the results; null for none.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>[lambdas.Count, C, H, W], float64.</returns>
    /// <exception cref="InvalidInputException">The step is not one of the process.</exception>
    public Tensor Run(
        Tensor first, Tensor second, IReadOnlyList<double> lambdas, long seed, Condition? condition = null, CancellationToken cancellation = default)
    {
        if (Step < 0 || Step > Process.Schedule.T)
        {
            throw new InvalidInputException($"the step {Step} of an interpolation must lie in [0, {Process.Schedule.T}]");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var noise = new SeededNoise([seed], Process.Shape);
        var (a, b) = (Encode(first), Encode(second));
        var mixes = torch.cat([.. lambdas.Select(lambda => Mix(a, b, lambda))]);
        return Process.Sample(mixes, Step, noise, condition, cancellation: cancellation).MoveToOuterDisposeScope();

        Tensor Encode(Tensor image) => Process.Diffuse(
            image.to(Process.Device, ScalarType.Float64).unsqueeze(0), [Step], noise.Next().to(Process.Device));
    }

    private Tensor Mix(Tensor a, Tensor b, double lambda)
    {
        if (Mixing == LatentMixing.Lerp)
        {
            return (a * (1 - lambda)) + (b * lambda);
        }

        var cosine = ((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt()).item<double>();
        var angle = Math.Acos(Math.Clamp(cosine, -1, 1));
        var sine = Math.Sin(angle);
        return sine < 1e-9
            ? (a * (1 - lambda)) + (b * lambda)
            : (a * (Math.Sin((1 - lambda) * angle) / sine)) + (b * (Math.Sin(lambda * angle) / sine));
    }
}
