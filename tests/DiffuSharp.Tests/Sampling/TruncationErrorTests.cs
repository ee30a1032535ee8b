using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

public class TruncationErrorTests
{
    private const double Std = 0.5;
    private static readonly ImageShape s_shape = new(1, 4, 4);

    // D = s²x/(s² + σ²), so a path is x(σ) ∝ √(s² + σ²), and each step multiplies x by a known factor.
    [Fact]
    public void On_a_Gaussian_the_errors_are_those_of_the_closed_form()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        var levels = new NoiseLevels([20, 3, 0.5, 0.1, 0]);
        var clean = torch.ones([2, 1, 4, 4], ScalarType.Float64) * 0.25;
        using var noise = new SeededNoise([1, 2], s_shape);
        using var same = new SeededNoise([1, 2], s_shape);
        var errors = TruncationError.Measure(denoiser, levels, clean, noise, substeps: 400);

        errors.Count.ShouldBe(3);
        for (var i = 0; i < 3; i++)
        {
            var (from, to) = (levels[i], levels[i + 1]);
            var size = Math.Sqrt((clean + (same.Next() * from)).square().mean().item<double>());
            var exact = Math.Sqrt(((Std * Std) + (to * to)) / ((Std * Std) + (from * from)));
            var (first, h) = (Slope(from), to - from);
            var euler = 1 + (h * first);
            var heun = 1 + (h * 0.5 * (first + (Slope(to) * euler)));
            errors[i].Sigma.ShouldBe(from);
            errors[i].Next.ShouldBe(to);
            errors[i].Euler.ShouldBe(size * Math.Abs(euler - exact), 1e-4 * size);
            errors[i].Heun.ShouldBe(size * Math.Abs(heun - exact), 1e-4 * size);
        }

        denoiser.Evaluations.ShouldBe(2 * 3 * ((2 * 400) + 1 + 2));
        Should.Throw<InvalidInputException>(() => TruncationError.Measure(denoiser, levels, clean, noise, 0));

        static double Slope(double sigma) => sigma / ((Std * Std) + (sigma * sigma));
    }
}
