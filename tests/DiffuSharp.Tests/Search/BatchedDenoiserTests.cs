using DiffuSharp.Search;
using DiffuSharp.Tests.Training.Losses;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public sealed class BatchedDenoiserTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Batches_change_neither_images_nor_variances(int batch)
    {
        using var scope = torch.NewDisposeScope();
        using var model = new TinyVarianceDenoiser(new ImageShape(1, 2, 2));
        using var generator = new Generator(3);
        var batched = new BatchedDenoiser(model, batch);
        var (x, sigma) = (torch.randn([5, 1, 2, 2], generator, ScalarType.Float64), torch.tensor([0.7]));
        var (expected, expectedVariance) = model.DenoiseWithVariance(x, sigma);
        var (denoised, variance) = batched.DenoiseWithVariance(x, sigma);

        batched.PredictsVariance.ShouldBeTrue();
        denoised.equal(expected).ShouldBeTrue();
        variance.equal(expectedVariance).ShouldBeTrue();
        batched.Denoise(x, sigma).equal(expected).ShouldBeTrue();
        new BatchedDenoiser(Toy.Gaussian(), batch).PredictsVariance.ShouldBeFalse();
    }
}
