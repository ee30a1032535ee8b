using System.Text.Json;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
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
            "edm" => Solver(options).Build(Steps("edm", options)),
            "ablation" => GeneralOdeSolver.Build(Solver(options), Steps(Name(options, "discretization", "edm"), options)),
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

    private static NoiseLevels Steps(string discretization, JsonElement options)
    {
        RangedTimeSteps steps = discretization.ToLowerInvariant() switch
        {
            "vp" => new VPSteps { EpsilonS = Number(options, "epsilon_s", VPNoiseSchedule.UsualEpsilon) },
            "ve" => new VESteps(),
            "iddpm" => new IddpmSteps
            {
                C_1 = Number(options, "C_1", IddpmLevels.UsualC1), C_2 = Number(options, "C_2", IddpmLevels.UsualC2), M = Whole(options, "M", IddpmLevels.UsualM),
            },
            _ => new EdmSteps { Rho = Number(options, "rho", new EdmSteps().Rho) },
        };
        steps = steps with { SigmaMin = Number(options, "sigma_min"), SigmaMax = Number(options, "sigma_max") };
        return steps.Create(Whole(options, "num_steps", 18));
    }

    private static EdmSolver Solver(JsonElement options)
    {
        EdmSolver solver = Name(options, "solver", "heun") == "euler" ? new Euler() : new Heun { Alpha = Number(options, "alpha", 1) };
        return solver with
        {
            Schedule = Enum.Parse<ScheduleKind>(Name(options, "schedule", "linear"), ignoreCase: true),
            Scaling = Enum.Parse<ScalingKind>(Name(options, "scaling", "none"), ignoreCase: true),
            EpsilonS = Number(options, "epsilon_s", VPNoiseSchedule.UsualEpsilon),
            S_churn = Number(options, "S_churn", 0),
            S_min = Number(options, "S_min", 0),
            S_max = Number(options, "S_max", double.PositiveInfinity),
            S_noise = Number(options, "S_noise", 1),
        };
    }

    private static double? Number(JsonElement options, string name) =>
        options.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetDouble() : null;

    private static double Number(JsonElement options, string name, double otherwise) => Number(options, name) ?? otherwise;

    private static int Whole(JsonElement options, string name, int otherwise) => (int)Number(options, name, otherwise);

    private static string Name(JsonElement options, string name, string otherwise) =>
        options.TryGetProperty(name, out var value) ? value.GetString()! : otherwise;
}
