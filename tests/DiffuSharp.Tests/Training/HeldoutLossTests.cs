using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Tests.Denoising;
using DiffuSharp.Torch;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class HeldoutLossTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void A_denoiser_that_changes_nothing_errs_by_the_noise()
    {
        using var images = ImageDataset.Open(_tiny.Data);
        var result = new HeldoutLoss(images).Measure(new Constant(x => x));
        foreach (var (sigma, mse) in HeldoutLoss.Sigmas.Zip(result.Mse))
        {
            mse.ShouldBe(sigma * sigma, 0.1 * sigma * sigma);  // 6144 normal draws: 10 % is 5.5 standard deviations
        }
    }

    [Fact]
    public void A_denoiser_that_sees_nothing_errs_by_the_images()
    {
        using var images = ImageDataset.Open(_tiny.Data);
        var expected = Enumerable.Range(0, images.Count).SelectMany(i => TestImages.Planes(images, i)).Average(v => Math.Pow((v / 127.5) - 1, 2));
        var result = new HeldoutLoss(images).Measure(new Constant(x => x * 0));
        result.Mse.ShouldAllBe(mse => Math.Abs(mse - expected) < 1e-5);
        result.Weighted.ShouldBeGreaterThan(4 * expected);  // λ(σ) = 1/σ² + 1/σ_data² > 4
    }

    [Fact]
    public void The_levels_reach_from_one_hundredth_to_fifty()
    {
        HeldoutLoss.Sigmas.Count.ShouldBe(8);
        HeldoutLoss.Sigmas[0].ShouldBe(0.01, 1e-12);
        HeldoutLoss.Sigmas[^1].ShouldBe(50, 1e-9);
    }

    public void Dispose() => _tiny.Dispose();

    private sealed class Constant(Func<Tensor, Tensor> map) : FormulaDenoiser(new(1, 8, 8))
    {
        protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition) => map(x);
    }
}
