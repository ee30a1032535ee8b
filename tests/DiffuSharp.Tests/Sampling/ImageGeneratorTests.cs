using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

public class ImageGeneratorTests
{
    private static readonly SamplerTableau s_noisy = new Euler { S_churn = 1 }.Build(NoiseLevels.EDM(2, new SigmaRange(1, 10)));

    [Fact]
    public void Each_image_draws_latents_then_class_then_noise_from_its_own_generator()
    {
        using var scope = torch.NewDisposeScope();
        var recorder = new RecordingDenoiser { LabelDim = 10 };
        var images = Generate(recorder, [11, 5]);

        using var generator = new Generator(5);
        var latents = torch.randn([1, 2, 2], generator, ScalarType.Float64);
        var label = torch.randint(0, 10, [1], generator).item<long>();
        var noise = torch.randn([1, 2, 2], generator, ScalarType.Float64);

        var first = s_noisy.Rows[0];
        recorder.Inputs[0][4..].ShouldBe(((latents * first.Prior) + (noise * first.Noise)).ToArray<double>(), 1e-12);
        first.Noise.ShouldBeGreaterThan(0);
        images[1].Class.ShouldBe((int)label);
        recorder.Labels[0][10..].ShouldBe([.. Enumerable.Range(0, 10).Select(i => i == label ? 1f : 0f)]);
    }

    [Fact]
    public void A_seed_draws_the_same_in_any_batch_and_order()
    {
        using var scope = torch.NewDisposeScope();
        var together = Generate(new RecordingDenoiser { LabelDim = 3 }, [0, 1, 2, 3, 4]).ToDictionary(i => i.Seed);
        var alone = Generate(new RecordingDenoiser { LabelDim = 3 }, [4, 2, 0, 3, 1], batch: 2);

        alone.Select(i => i.Seed).ShouldBe([4, 2, 0, 3, 1]);
        foreach (var image in alone)
        {
            image.Image.Pixels.ShouldBe(together[image.Seed].Image.Pixels);
            image.Class.ShouldBe(together[image.Seed].Class);
        }
    }

    [Fact]
    public void An_unconditional_model_draws_no_class()
    {
        using var scope = torch.NewDisposeScope();
        var recorder = new RecordingDenoiser();

        Generate(recorder, [1])[0].Class.ShouldBeNull();
        recorder.Labels.ShouldBeEmpty();
    }

    [Fact]
    public void Cost_is_what_the_denoiser_counted()
    {
        var generator = new ImageGenerator(new RecordingDenoiser(), s_noisy, new ImageGeneratorOptions { Seeds = [1, 2, 3], Batch = 2 });
        var fractions = new List<double>();
        generator.Generate(new Reporter(fractions)).Count().ShouldBe(2);

        generator.Cost.Images.ShouldBe(3);
        generator.Cost.Evaluations.ShouldBe(6);
        generator.Cost.Nfe.ShouldBe(2);
        fractions.ShouldBe(fractions.Order());
        fractions[^1].ShouldBe(1);
    }

    [Fact]
    public void Cancelling_stops_after_the_row_that_is_computed()
    {
        using var cancel = new CancellationTokenSource();
        var recorder = new RecordingDenoiser { Called = cancel.Cancel };
        var generator = new ImageGenerator(recorder, s_noisy, new ImageGeneratorOptions { Seeds = [1, 2] });

        Should.Throw<OperationCanceledException>(() => generator.Generate(cancellation: cancel.Token).ToList());
        recorder.Inputs.Count.ShouldBe(1);
    }

    [Fact]
    public void Nothing_of_a_batch_stays_in_native_memory()
    {
        using var scope = torch.NewDisposeScope();
        Generate(new RecordingDenoiser { LabelDim = 2 }, [1, 2, 3], batch: 1);

        scope.Count.ShouldBe(0);
    }

    private static List<GeneratedImage> Generate(RecordingDenoiser denoiser, long[] seeds, int batch = 64) =>
        [.. new ImageGenerator(denoiser, s_noisy, new ImageGeneratorOptions { Seeds = seeds, Batch = batch }).Generate().SelectMany(b => b)];

    private sealed class Reporter(List<double> fractions) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => fractions.Add(value.Fraction);
    }
}
