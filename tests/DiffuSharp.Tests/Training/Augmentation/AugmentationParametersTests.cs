using DiffuSharp.Torch;
using DiffuSharp.Training.Augmentation;

namespace DiffuSharp.Tests.Training.Augmentation;

public class AugmentationParametersTests
{
    // Every frequency is compared within 4.5 standard deviations, which a right coin exceeds once in 147 000 seeds; of 40 000
    // images the deviation is at most 0.0025, so that a coin that is off by 0.015 (six of them) is noticed with probability 0.93
    // or more.
    private const int Images = 40_000;
    private const double Deviations = 4.5;

    [Theory]
    [InlineData(0.12)]
    [InlineData(0.5)]
    public void Coins_land_with_their_probabilities(double probability)
    {
        using var generator = new Generator(5);
        var all = AugmentationParameters.Draw(Images, probability, generator);
        Frequency(all, p => p.FlipX).ShouldBe(0.5, Tolerance(0.5));
        Frequency(all, p => p.FlipY).ShouldBe(probability / 2, Tolerance(probability / 2));
        Frequency(all, p => p.Scale != 0).ShouldBe(probability, Tolerance(probability));
        Frequency(all, p => p.Rotation != 0).ShouldBe(probability, Tolerance(probability));
        Frequency(all, p => p.Anisotropy != 0).ShouldBe(probability, Tolerance(probability));
        Frequency(all, p => p.AnisotropyAngle != 0).ShouldBe(probability / 2, Tolerance(probability / 2));
        Frequency(all, p => p.TranslationX != 0).ShouldBe(probability, Tolerance(probability));
        all.ShouldAllBe(p => (p.TranslationX == 0) == (p.TranslationY == 0));

        // The coins are independent.
        var two = probability * probability;
        Frequency(all, p => p.Scale != 0 && p.Rotation != 0).ShouldBe(two, Tolerance(two));
        Frequency(all, p => p.Anisotropy != 0 && p.TranslationX != 0).ShouldBe(two, Tolerance(two));
        var none = Math.Pow(1 - probability, 4);
        Frequency(all, p => !p.IsGeometric).ShouldBe(none, Tolerance(none));
    }

    [Fact]
    public void Parameters_have_their_distributions()
    {
        using var generator = new Generator(6);
        var all = AugmentationParameters.Draw(Images, 1, generator);
        ShouldHaveMoments(all.Select(p => p.Scale), variance: 1, kurtosis: 3);
        ShouldHaveMoments(all.Select(p => p.Anisotropy), variance: 1, kurtosis: 3);
        ShouldHaveMoments(all.Select(p => p.TranslationX), variance: 1, kurtosis: 3);
        ShouldHaveMoments(all.Select(p => p.TranslationY), variance: 1, kurtosis: 3);
        ShouldHaveMoments(all.Select(p => p.Rotation), variance: Math.PI * Math.PI / 3, kurtosis: 1.8);
        ShouldHaveMoments(
            all.Select(p => p.AnisotropyAngle).Where(angle => angle != 0), variance: Math.PI * Math.PI / 3, kurtosis: 1.8);
        all.Max(p => Math.Abs(p.Rotation)).ShouldBeLessThanOrEqualTo(Math.PI);
    }

    [Fact]
    public void Labels_are_those_of_the_table()
    {
        var label = new float[AugmentationParameters.LabelDim];
        new AugmentationParameters
        {
            FlipX = true,
            Scale = -0.7,
            Rotation = 2.5,
            Anisotropy = 1.5,
            AnisotropyAngle = -0.8,
            TranslationX = 0.3,
            TranslationY = -1.1,
        }.WriteLabel(label);
        double[] expected =
        [
            1, 0, -0.7, Math.Cos(2.5) - 1, Math.Sin(2.5), 1.5 * Math.Cos(0.8), -1.5 * Math.Sin(0.8), 0.3, -1.1,
        ];
        for (var i = 0; i < expected.Length; i++)
        {
            ((double)label[i]).ShouldBe(expected[i], 1e-6, $"label {i}");
        }

        default(AugmentationParameters).WriteLabel(label);
        label.ShouldAllBe(value => value == 0);
        new AugmentationParameters { FlipY = true }.WriteLabel(label);
        label.ShouldBe([0, 1, 0, 0, 0, 0, 0, 0, 0]);
    }

    private static double Frequency(AugmentationParameters[] all, Predicate<AugmentationParameters> what) =>
        (double)all.Count(p => what(p)) / all.Length;

    private static double Tolerance(double probability) => Deviations * Math.Sqrt(probability * (1 - probability) / Images);

    private static void ShouldHaveMoments(IEnumerable<double> values, double variance, double kurtosis)
    {
        double[] all = [.. values];
        all.Average().ShouldBe(0, Deviations * Math.Sqrt(variance / all.Length));
        all.Average(v => v * v).ShouldBe(variance, Deviations * variance * Math.Sqrt((kurtosis - 1) / all.Length));
        all.Average(v => v * v * v * v).ShouldBe(kurtosis * variance * variance, 0.12 * kurtosis * variance * variance);
    }
}
