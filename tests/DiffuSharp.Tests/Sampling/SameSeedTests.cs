using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Sampling;

public class SameSeedTests
{
    /// <summary>The shipped network switches kernels with the batch size; the image of a seed may differ by float rounding alone.</summary>
    [Fact]
    public void A_seed_gives_the_same_image_in_any_batch_and_order()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("DIFFUSHARP_SAME_SEED_IMAGES") ?? "8");
        using var scope = NewDisposeScope();
        using var model = ModelFile.Load(ShippedModel());
        var tableau = new Sampler(new Heun(), 18).Build().Tableau;
        tableau.Nfe.ShouldBe(35);
        long[] seeds = [.. Enumerable.Range(0, count)];
        var together = Sample(model, tableau, seeds);
        long[] reversed = [.. seeds.Reverse()];
        var backwards = Sample(model, tableau, reversed).flip(0);
        var single = cat([.. seeds.Select(seed => Sample(model, tableau, [seed]))]);
        Difference(together, backwards).ShouldBeLessThan(1e-3);
        Difference(together, single).ShouldBeLessThan(1e-3);
        Difference(together[..1], together[1..2]).ShouldBeGreaterThan(0.1);
    }

    private static Tensor Sample(DiffusionModel model, SamplerTableau tableau, long[] seeds)
    {
        using var noise = new SeededNoise(seeds, model.Denoiser.Shape);
        var classes = tensor(Array.ConvertAll(seeds, seed => seed % model.Denoiser.LabelDim));
        var labels = nn.functional.one_hot(classes, model.Denoiser.LabelDim);
        using var run = new SamplerRun(tableau, model.Denoiser, noise, new Condition(labels));
        return run.Finish();
    }

    private static double Difference(Tensor left, Tensor right) => (left - right).abs().max().item<double>();

    private static string ShippedModel()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "models", "fashion-mnist.safetensors");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("models/fashion-mnist.safetensors is not above the tests");
    }
}
