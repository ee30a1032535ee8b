using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Sampling;

[Collection(TrainingCollection.Name)]  // live tensors are counted for the whole process
public class SamplerRunTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);

    private static readonly SamplerTableau s_churning = new Sampler(new Heun { S_churn = 3, S_noise = 1.01 }, 6).Build().Tableau;

    [Fact]
    public void The_number_of_live_tensors_is_flat_over_fifty_calls()
    {
        using var scope = NewDisposeScope();
        using var model = TinyNetwork();
        Sample(model.Denoiser);
        var before = LiveTensors.CountWithoutGarbage();
        for (var call = 0; call < 50; call++)
        {
            Sample(model.Denoiser);
        }

        Tensor.LiveCount.ShouldBe(before);

        static void Sample(IDenoiser denoiser)
        {
            using var inner = NewDisposeScope();
            using var noise = new SeededNoise([1, 2, 3], denoiser.Shape);
            using var run = new SamplerRun(new Sampler(new Heun(), 3).Build().Tableau, denoiser, noise);
            run.Finish();
        }
    }

    [Fact]
    public void A_run_in_parts_equals_a_run_in_one()
    {
        using var scope = NewDisposeScope();
        using var denoiser = Mixture();
        using var noise = new SeededNoise([5], s_shape);
        using var whole = new SamplerRun(s_churning, denoiser, noise);
        using var sameNoise = new SeededNoise([5], s_shape);
        using var parts = new SamplerRun(s_churning, denoiser, sameNoise);
        parts.AdvanceTo(3);
        parts.NextRow.ShouldBe(3);
        parts.AdvanceTo(8);
        parts.Finish().ToArray<double>().ShouldBe(whole.Finish().ToArray<double>());
    }

    [Fact]
    public void Observers_see_every_row_and_the_sample_last()
    {
        using var scope = NewDisposeScope();
        using var denoiser = Mixture();
        using var noise = new SeededNoise([5], s_shape);
        var rows = new List<(int Row, double Sigma, bool Evaluated, double[] State)>();
        using var run = new SamplerRun(s_churning, denoiser, noise)
        {
            Observer = step => rows.Add((step.Row, step.Sigma, step.Denoised is not null, step.State.ToArray<double>())),
        };
        var sample = run.Finish().ToArray<double>();
        rows.Select(r => r.Row).ShouldBe(Enumerable.Range(0, s_churning.Rows.Count));
        rows.Select(r => r.Sigma).ShouldBe(s_churning.Rows.Select(r => r.Sigma));
        rows.Count(r => r.Evaluated).ShouldBe(s_churning.Nfe);
        rows[^1].State.ShouldBe(sample);
    }

    [Fact]
    public void Float32_states_agree_with_float64_states_to_rounding()
    {
        using var scope = NewDisposeScope();
        using var denoiser = Mixture();
        var tableau = new Sampler(new Heun(), 8).Build().Tableau;
        var samples = new[] { ScalarType.Float64, ScalarType.Float32 }.Select(precision =>
        {
            using var noise = new SeededNoise([7], s_shape);
            using var run = new SamplerRun(tableau, denoiser, noise, precision: precision);
            var sample = run.Finish();
            sample.dtype.ShouldBe(precision);
            return sample.to(ScalarType.Float64).ToArray<double>();
        }).ToList();
        samples[1].ShouldBe(samples[0], 1e-3);
        samples[1].ShouldNotBe(samples[0]);
    }

    [Fact]
    public void Network_evaluations_are_counted_by_the_denoiser_and_guidance_counts_twice()
    {
        using var scope = NewDisposeScope();
        using var model = TinyNetwork();
        var guided = new GuidedDenoiser(model.Denoiser, 2);
        using var noise = new SeededNoise([1, 2], model.Denoiser.Shape);
        using var run = new SamplerRun(new Sampler(new Heun(), 5).Build().Tableau, guided, noise);
        run.Finish();
        guided.Evaluations.ShouldBe(2 * 2 * ((2 * 5) - 1));
    }

    private static GaussianMixtureDenoiser Mixture() => new(s_shape, [1, 2], [[0.5, -0.5, 0, 0.2], [-0.3, 0.1, 0.4, 0]], [0.2, 0.3]);

    private static DiffusionModel TinyNetwork() => Cli.TinyModel.Create();
}
