using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Likelihood;

public class VariationalLikelihoodTests
{
    private const int Count = 48;
    private const double Std = 0.3;
    private static readonly ImageShape s_shape = new(1, 8, 8);
    private static readonly DiscreteNoiseSchedule s_schedule = DiscreteNoiseSchedule.Linear(100, 2.5e-4, 0.2);

    [Fact]
    public void The_bound_of_a_data_set_is_above_its_entropy_and_the_estimate_agrees_with_it()
    {
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        using var images = new MemoryDataset(s_shape, Gaussian());
        var all = Measure(denoiser, images, null);
        var few = Measure(denoiser, images, 30);

        // bits of a normal value in bins of width 1/127.5
        var entropy = (0.5 * Math.Log2(2 * Math.PI * Math.E * Std * Std)) + Math.Log2(127.5);
        all.Mean.ShouldBeInRange(entropy - (3 * all.StandardError), entropy + 0.1 + (3 * all.StandardError));
        few.Mean.ShouldBe(all.Mean, 4 * few.StandardError);
        few.StandardError.ShouldBeLessThan(0.05);
        all.Nfe.ShouldBe(100);
        few.Nfe.ShouldBe(31);
        foreach (var result in new[] { all, few })
        {
            result.Count.ShouldBe(Count);
            result.Terms!.Value.Total.ShouldBe(result.Mean, 1e-9);
        }

        few.Curve.ShouldBeNull();
        var curve = all.Curve!;
        curve.Count.ShouldBe(100);
        curve[^1].Rate.ShouldBe(all.Mean - all.Terms!.Value.Decoder, 1e-9);
        curve[0].Rmse.ShouldBe(127.5 * Std, 2.5);
    }

    [Fact]
    public void The_draws_of_an_image_do_not_depend_on_the_batch()
    {
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        using var images = new MemoryDataset(s_shape, Gaussian()[..7]);
        Measure(denoiser, images, 5, batch: 7).Values.ShouldBe(Measure(denoiser, images, 5, batch: 2).Values, 1e-9);
    }

    [Fact]
    public void A_process_beyond_the_models_noise_levels_is_refused()
    {
        var network = new SongUNetOptions { ImgChannels = 1, ImgHeight = 8, ImgWidth = 8, ModelChannels = 16, ChannelMult = [1], NumBlocks = 1 };
        using var model = new DiffusionModel(new ModelDescription { Network = network, Preconditioning = new VEPreconditioning() });
        var options = new VariationalLikelihoodOptions();
        Refusal(options).ShouldContain("noise levels from 0.01 to");
        options = options with { Schedule = DiscreteNoiseSchedule.Linear(100, 5e-4, 0.1) };
        _ = new VariationalLikelihood(model.Denoiser, options);
        Refusal(options with { Draws = 0 }).ShouldContain("timesteps 0");
        Refusal(options with { Batch = 0 }).ShouldContain("batch 0");

        string Refusal(VariationalLikelihoodOptions wrong) =>
            Should.Throw<InvalidInputException>(() => new VariationalLikelihood(model.Denoiser, wrong)).Message;
    }

    private static BitsPerDimension Measure(IDenoiser denoiser, MemoryDataset images, int? draws, int batch = 64) => new VariationalLikelihood(
        denoiser, new() { Schedule = s_schedule, Variance = ReverseVariance.FixedLarge, Clip = false, Draws = draws, Seed = 3, Batch = batch }).Measure(images);

    private static byte[][] Gaussian()
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, s_shape.Count).Select(_ => Pixel(random)).ToArray())];
    }

    private static byte Pixel(Random random)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (byte)Math.Clamp(Math.Round(127.5 * ((Std * normal) + 1)), 0, 255);
    }
}
