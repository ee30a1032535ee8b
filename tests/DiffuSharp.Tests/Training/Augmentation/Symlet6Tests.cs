using DiffuSharp.Training.Augmentation;

namespace DiffuSharp.Tests.Training.Augmentation;

public class Symlet6Tests
{
    [Fact]
    public void The_filter_is_orthonormal_to_its_even_shifts()
    {
        var taps = Symlet6.Taps.ToArray();
        taps.Sum().ShouldBe(Math.Sqrt(2), 1e-12);
        for (var m = 0; m < 6; m++)
        {
            taps.Skip(2 * m).Zip(taps, (a, b) => a * b).Sum().ShouldBe(m == 0 ? 1 : 0, 1e-11);
        }
    }

    [Fact]
    public void Exactly_six_moments_of_the_wavelet_vanish()
    {
        var taps = Symlet6.Taps.ToArray();
        for (var p = 0; p <= 6; p++)
        {
            var moment = taps.Select((tap, k) => (k % 2 == 0 ? 1 : -1) * Math.Pow(k - 5.5, p) * tap).Sum();
            if (p < 6)
            {
                moment.ShouldBe(0, 1e-10, $"moment {p}");
            }
            else
            {
                Math.Abs(moment).ShouldBeGreaterThan(100);
            }
        }
    }

    [Fact]
    public void Reduction_after_refinement_is_the_identity()
    {
        const int N = 9;
        var up = Symlet6.Refinement(N, Symlet6.Reach, Symlet6.Reach);
        var down = Symlet6.Reduction(N);
        var refined = 2 * (N + (2 * Symlet6.Reach));
        for (var row = 0; row < N; row++)
        {
            for (var column = 0; column < N; column++)
            {
                var product = Enumerable.Range(0, refined).Sum(k => (double)down[(row * refined) + k] * up[(k * N) + column]);
                product.ShouldBe(row == column ? 1 : 0, 1e-6);
            }
        }
    }
}
