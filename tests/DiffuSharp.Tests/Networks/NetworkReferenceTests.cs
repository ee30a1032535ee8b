using System.Text.Json;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Networks.Import;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Networks;

[Trait("Category", "Reference")]
public class NetworkReferenceTests
{
    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(ReferenceFolder.File("networks"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    [Fact]
    public void The_weight_generator_gives_the_documented_values()
    {
        ReferenceWeights.Uniform(0, 0, 7).ShouldBe(-0.743935166, 1e-9);
        ReferenceWeights.Uniform(1, 0, 7).ShouldBe(0.220254479, 1e-9);
        ReferenceWeights.Uniform(2, 0, 7).ShouldBe(-0.114605524, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Denoised_images_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var fixture = new NetworkFixture(name);
        using var mode = no_grad();
        RelativeError(fixture.Denoise(fixture.Tensor("x")), fixture.Tensor("denoised")).ShouldBeLessThan(2e-4);
        fixture.Model.Network.requires_grad_(false);  // as a loaded model runs: with prepared weights
        RelativeError(fixture.Denoise(fixture.Tensor("x")), fixture.Tensor("denoised")).ShouldBeLessThan(2e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var fixture = new NetworkFixture(name);
        var x = fixture.Tensor("x").requires_grad_();
        var parameter = fixture.Parameter(fixture.File.Metadata["grad_param"]);
        var gradients = autograd.grad([fixture.Denoise(x)], [x, parameter], [fixture.Tensor("cotangent")]);
        RelativeError(gradients[0]!, fixture.Tensor("grad_x")).ShouldBeLessThan(2e-4);
        RelativeError(gradients[1]!, fixture.Tensor("grad_param")).ShouldBeLessThan(2e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Buffers_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var fixture = new NetworkFixture(name, loadBuffers: false);
        var buffers = fixture.Model.Network.named_buffers().ToDictionary(b => $"buffer:model.{b.Name}", b => b.Value);
        foreach (var entry in fixture.File.Entries.Where(e => e.Name.StartsWith("buffer:model.", StringComparison.Ordinal)))
        {
            buffers.ShouldContainKey(entry.Name);
            if (entry.Name.EndsWith("resample_filter", StringComparison.Ordinal))
            {
                RelativeError(buffers[entry.Name], fixture.Tensor(entry.Name)).ShouldBeLessThan(1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_of_the_deterministic_EDM_sampler_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var fixture = new NetworkFixture(name);
        fixture.Model.Network.requires_grad_(false);
        var denoiser = fixture.Model.Denoiser;
        var range = new SigmaRange(Math.Max(0.002, denoiser.SigmaMin), Math.Min(80, denoiser.SigmaMax));
        var steps = int.Parse(fixture.File.Metadata["num_steps"]);
        var tableau = new Heun().Build(NoiseLevels.EDM(steps, range).Rounded(denoiser.RoundSigma));
        using var run = new SamplerRun(tableau, denoiser, new GivenNoise(fixture.Tensor("latents")), new Condition(fixture.Optional("class_labels")));
        RelativeError(run.Finish(), fixture.Tensor("samples")).ShouldBeLessThan(1e-3);
        denoiser.Evaluations.ShouldBe(fixture.Tensor("latents").size(0) * ((2 * steps) - 1));
    }

    private static double RelativeError(Tensor actual, Tensor expected) =>
        ((actual.to(ScalarType.Float64) - expected.to(ScalarType.Float64)).abs().max() / expected.abs().max().to(ScalarType.Float64)).ToDouble();

    private sealed class GivenNoise(Tensor latents) : INoiseSource
    {
        public Tensor Next() => latents.to(ScalarType.Float64);
    }

    private sealed class NetworkFixture : IDisposable
    {
        public NetworkFixture(string name, bool loadBuffers = true)
        {
            using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(ReferenceFolder.File("networks", $"{name}.json")));
            File = SafetensorsFile.Open(ReferenceFolder.File("networks", $"{name}.safetensors"));
            Model = new DiffusionModel(EdmConfig.Describe(json.RootElement.GetProperty("config").GetRawText()));
            var weights = ReferenceWeights.Make(json.RootElement.GetProperty("parameters"))
                .ToDictionary(w => w.Key["model.".Length..], w => w.Value);
            foreach (var (buffer, value) in Model.Network.named_buffers())
            {
                weights[buffer] = loadBuffers ? File.ReadTensor($"buffer:model.{buffer}") : value;
            }

            Model.Network.load_state_dict(weights);
            Model.Network.eval();
        }

        public DiffusionModel Model { get; }

        public SafetensorsFile File { get; }

        public Tensor Tensor(string name) => File.ReadTensor(name);

        public Tensor? Optional(string name) => File.Find(name) is null ? null : Tensor(name);

        public Torch.Modules.Parameter Parameter(string name) => Model.Network.named_parameters().Single(p => $"model.{p.Name}" == name).Value;

        public Tensor Denoise(Tensor x) =>
            Model.Denoiser.Denoise(x, Tensor("sigma"), new Condition(Optional("class_labels"), Optional("augment_labels")));

        public void Dispose()
        {
            File.Dispose();
            Model.Dispose();
        }
    }
}
