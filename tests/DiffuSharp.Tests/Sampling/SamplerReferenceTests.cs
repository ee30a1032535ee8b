using System.Text.Json;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>Every case of samplers_edm.json, computed through a tableau by the product's runner.</summary>
[Trait("Category", "Reference")]
public sealed class SamplerReferenceTests
{
    private static readonly SamplerReference s_reference = new("samplers_edm.json");

    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        var index = 0;
        foreach (var item in s_reference.Cases)
        {
            cases.Add(index++, $"{item.GetProperty("sampler")} {item.GetProperty("options").GetRawText()}");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tableau_gives_the_reference_samples(int index, string description)
    {
        var item = s_reference.Cases[index];
        var options = item.GetProperty("options");
        var tableau = item.GetProperty("sampler").GetString() switch
        {
            "edm" => EdmSampler.Create(Edm(options)),
            "ablation" => GeneralSampler.Create(General(options)),
            string other => throw new InvalidDataException($"Sampler '{other}' of case {description} is not known."),
            null => throw new InvalidDataException($"Case {description} names no sampler."),
        };
        var steps = item.GetProperty("noise_draws").GetInt32();
        var nfe = item.GetProperty("nfe").GetInt32();
        var samples = SamplerReference.Images(item.GetProperty("samples"));

        using var scope = torch.NewDisposeScope();
        using var denoiser = s_reference.CreateDenoiser();
        using var run = new SamplerRun(tableau, denoiser, new ReferenceNoise(s_reference, tableau, rowsPerStep: nfe == steps ? 1 : 2));
        var sample = run.Finish().ToArray<double>();
        tableau.Nfe.ShouldBe(nfe);
        denoiser.Evaluations.ShouldBe((long)nfe * samples.Length);
        double[] expected = [.. samples.SelectMany(image => image)];
        var otherLevels = description.Contains("iddpm", StringComparison.Ordinal) && ReferenceSine.WhyDifferent is not null;
        sample.ShouldBe(expected, otherLevels ? 1e-4 * expected.Max(Math.Abs) : 1e-9);
    }

    private static EdmSamplerOptions Edm(JsonElement options)
    {
        var defaults = new EdmSamplerOptions();
        return defaults with
        {
            NumSteps = Whole(options, "num_steps", defaults.NumSteps),
            Sigma = new SigmaRange(
                Number(options, "sigma_min", defaults.Sigma.Min),
                Number(options, "sigma_max", defaults.Sigma.Max)),
            Rho = Number(options, "rho", defaults.Rho),
            Solver = Name(options, "solver", defaults.Solver),
            Churn = ChurnOf(options),
        };
    }

    private static GeneralSamplerOptions General(JsonElement options)
    {
        var defaults = new GeneralSamplerOptions
        {
            Discretization = Name(options, "discretization", Discretization.EDM),
            EpsilonS = Number(options, "epsilon_s", 1e-3),
        };
        var range = defaults.DefaultRange();
        return defaults with
        {
            NumSteps = Whole(options, "num_steps", defaults.NumSteps),
            Sigma = new SigmaRange(Number(options, "sigma_min", range.Min), Number(options, "sigma_max", range.Max)),
            Rho = Number(options, "rho", defaults.Rho),
            Solver = Name(options, "solver", defaults.Solver),
            Schedule = Name(options, "schedule", defaults.Schedule),
            Scaling = Name(options, "scaling", defaults.Scaling),
            C_1 = Number(options, "C_1", defaults.C_1),
            C_2 = Number(options, "C_2", defaults.C_2),
            M = Whole(options, "M", defaults.M),
            Alpha = Number(options, "alpha", defaults.Alpha),
            Churn = ChurnOf(options),
        };
    }

    private static Churn ChurnOf(JsonElement options) => new()
    {
        S_churn = Number(options, "S_churn", 0),
        S_min = Number(options, "S_min", 0),
        S_max = Number(options, "S_max", double.PositiveInfinity),
        S_noise = Number(options, "S_noise", 1),
    };

    private static double Number(JsonElement options, string name, double otherwise) =>
        options.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetDouble()
            : otherwise;

    private static int Whole(JsonElement options, string name, int otherwise) => (int)Number(options, name, otherwise);

    private static T Name<T>(JsonElement options, string name, T otherwise)
        where T : struct, Enum =>
        options.TryGetProperty(name, out var value) ? Enum.Parse<T>(value.GetString()!, ignoreCase: true) : otherwise;
}
