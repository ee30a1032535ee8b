using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Sampling;

public class LatentInterpolationTests
{
    private static readonly ImageShape s_shape = new(1, 16, 16);

    [Fact]
    public void At_step_0_it_mixes_the_images()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.5);
        var (first, second) = (ones([1, 16, 16]), zeros([1, 16, 16]));
        var result = new LatentInterpolation(Process(denoiser), 0).Run(first, second, [0, 0.25, 1], 3);
        result.shape.ShouldBe([3, 1, 16, 16]);
        result.flatten(1).mean([1]).ToArray<double>().ShouldBe([1, 0.75, 0], 1e-15);
    }

    [Fact]
    public void Lerp_halves_the_variance_of_the_noise_in_the_middle_and_slerp_keeps_it()
    {
        // A denoiser that knows nothing but the mean 0 leaves, of the latents, their share in the posterior means: both chains are linear.
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 1);
        var (lerp, slerp) = (Spread(LatentMixing.Lerp), Spread(LatentMixing.Slerp));
        lerp[1].ShouldBe(Math.Sqrt(0.5), 0.1);
        slerp[1].ShouldBe(1, 0.1);
        lerp[0].ShouldBe(slerp[0], 1e-12);

        double[] Spread(LatentMixing mixing)
        {
            // One step of variance near 0 at t = 1 gives back the latent times a constant.
            var process = new ReverseProcess(denoiser, new DiscreteNoiseSchedule([0.9]), ReverseVariance.FixedSmall, clip: false);
            var empty = zeros([1, 16, 16]);
            var result = new LatentInterpolation(process, 1, mixing).Run(empty, empty, [0, 0.5], 5);
            var std = result.flatten(1).square().mean([1]).sqrt().ToArray<double>();
            return [std[0], std[1] / std[0]];
        }
    }

    [Fact]
    public void Equal_mixes_give_equal_images_and_a_seed_gives_the_same_ones()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.5);
        var interpolation = new LatentInterpolation(Process(denoiser), 15);
        var (first, second) = (ones([1, 16, 16]), zeros([1, 16, 16]));
        var result = interpolation.Run(first, second, [0.3, 0.3, 0.4], 7);
        result[0].equal(result[1]).ShouldBeTrue();
        result[0].equal(result[2]).ShouldBeFalse();
        result.equal(interpolation.Run(first, second, [0.3, 0.3, 0.4], 7)).ShouldBeTrue();
        result.equal(interpolation.Run(first, second, [0.3, 0.3, 0.4], 8)).ShouldBeFalse();
    }

    [Fact]
    public void A_step_beyond_the_process_is_refused()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.5);
        Should.Throw<InvalidInputException>(() => new LatentInterpolation(Process(denoiser), 21).Run(zeros([1, 16, 16]), zeros([1, 16, 16]), [0], 1))
            .Message.ShouldContain("20");
    }

    private static ReverseProcess Process(GaussianDenoiser denoiser) => new(denoiser, DiscreteNoiseSchedule.Linear(20, 1e-3, 0.4));
}
