using System.Text.Json;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Sampling;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Likelihood;

/// <summary>Every case of bits_per_dim.json.</summary>
[Trait("Category", "Reference")]
public class VariationalBoundReferenceTests
{
    private static readonly Lazy<JsonElement> s_reference = new(() =>
        JsonDocument.Parse(File.ReadAllText(ReferenceFolder.File("bits_per_dim.json"))).RootElement);

    public static TheoryData<string> Cases() => [.. s_reference.Value.GetProperty("results").EnumerateObject().Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_term_agrees(string name)
    {
        using var scope = NewDisposeScope();
        var reference = s_reference.Value;
        var images = MixtureReference.Images(reference.GetProperty("images"));
        using var denoiser = MixtureReference.Mixture(reference.GetProperty("mixture"), images.shape);
        var schedule = new DiscreteNoiseSchedule(reference.GetProperty("betas").Deserialize<double[]>()!);
        var variance = name == "fixed_small" ? ReverseVariance.FixedSmall : ReverseVariance.FixedLarge;
        var process = new ReverseProcess(denoiser, schedule, variance, reference.GetProperty("clip_denoised").GetBoolean());
        var noise = new ListedNoise(reference.GetProperty("noise_by_timestep").EnumerateArray().Reverse().Select(MixtureReference.Images));
        var result = new VariationalBound(process, NormalCdf.Tanh).Evaluate(images, noise);

        var expected = reference.GetProperty("results").GetProperty(name);
        Agree(result.Totals, expected.GetProperty("total_bpd").Deserialize<double[]>()!);
        Agree(result.Prior, expected.GetProperty("prior_bpd").Deserialize<double[]>()!);
        var terms = expected.GetProperty("vb").Deserialize<double[][]>()!;
        var errors = expected.GetProperty("xstart_mse").Deserialize<double[][]>()!;
        result.Terms.Count.ShouldBe(terms.Length);
        for (var n = 0; n < terms.Length; n++)
        {
            Agree([.. result.Terms[n].Reverse()], terms[n]);
            Agree([.. result.SquaredErrors[n].Reverse()], errors[n]);
        }
    }

    private static void Agree(IReadOnlyList<double> actual, double[] expected)
    {
        actual.Count.ShouldBe(expected.Length);
        foreach (var (value, reference) in actual.Zip(expected))
        {
            value.ShouldBe(reference, 1e-9 * Math.Max(1, Math.Abs(reference)));
        }
    }
}
