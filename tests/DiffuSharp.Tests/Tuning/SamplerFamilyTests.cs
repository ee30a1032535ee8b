using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Tests.Tuning;

/// <summary>Families as maps from parameters to samplers.</summary>
public sealed class SamplerFamilyTests
{
    private const int Images = 3;

    public static TheoryData<string> All => FamilyExamples.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void GradientOfEveryParameterEqualsCentralDifferences(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = TinyMixture.Create();
        using var family = FamilyExamples.Create(name);
        FamilyExamples.Disturb(family);

        var coefficients = family.Coefficients();
        using var noise = TinyMixture.Noise(Images);
        using var run = new RematerializedRun(family.Layout, coefficients.detach().ToArray<double>(), denoiser, noise);
        var cotangent = TinyMixture.Cotangent(run.Forward());
        coefficients.backward(run.Backward(cotangent).Coefficients);

        foreach (var (parameter, tensor) in family.named_parameters())
        {
            var exact = tensor.grad!.ToArray<double>();
            var scale = exact.Max(Math.Abs);
            scale.ShouldBeGreaterThan(0, parameter);
            for (var i = 0; i < exact.Length; i++)
            {
                var error = Math.Abs(exact[i] - Difference(family, tensor, i, denoiser));
                error.ShouldBeLessThan(1e-6 * Math.Max(Math.Abs(exact[i]), 1e-2 * scale), $"{parameter}[{i}]: {exact[i]}");
            }
        }
    }

    [Theory]
    [InlineData("anchored ddim", "ddim")]
    [InlineData("anchored dpmpp-3m", "dpmpp-3m")]
    [InlineData("anchored ipndm", "ipndm")]
    [InlineData("anchored heun", "heun")]
    [InlineData("marginal", "ddim")]
    [InlineData("vars", "ddim")]
    public void StartsAtItsBase(string name, string solver)
    {
        using var family = FamilyExamples.Create(name);
        using var denoiser = TinyMixture.Create();
        var expected = RecipeText.Parse<Solver>(solver).Build(FamilyExamples.Levels());
        Largest(family.Freeze(), expected, denoiser).ShouldBeLessThan(1e-12);
    }

    [Theory]
    [InlineData("dpmpp-2m")]
    [InlineData("ddpm")]
    public void StartsAtASamplerThatWasLearnedFromAnotherBase(string solver)
    {
        using var learned = FamilyExamples.Create("anchored ipndm");
        FamilyExamples.Disturb(learned);
        using var again = AnchoredFamily.At(learned.Freeze(), RecipeText.Parse<Solver>(solver));
        using var denoiser = TinyMixture.Create();
        Largest(again.Freeze(), learned.Freeze(), denoiser).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void ABaseOfOtherRowsCannotCarryALearnedSampler()
    {
        using var learned = FamilyExamples.Create("anchored ipndm");
        Should.Throw<InvalidInputException>(() => AnchoredFamily.At(learned.Freeze(), RecipeText.Parse<Solver>("heun"))).Message.ShouldContain("4 evaluations");
    }

    [Theory]
    [InlineData("ggdm")]
    [InlineData("ggdm+pred+time")]
    public void GgdmStartsNextToDdim(string name)
    {
        using var denoiser = TinyMixture.Create();
        using var family = new GgdmFamily(
            FamilyExamples.Levels(), new GgdmFamilyOptions { Pred = name.Length > 4, Time = name.Length > 4, Floor = 1e-9 });
        Largest(family.Freeze(), new Ddim().Build(FamilyExamples.Levels()), denoiser).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData("ggdm", 65)]
    [InlineData("ggdm+pred", 85)]
    [InlineData("ggdm+pred+time", 95)]
    [InlineData("vars", 10)]
    [InlineData("ddim", 9)]
    public void ScalarsOfTenStepsAreThoseOfThePaper(string name, int scalars)
    {
        using var family = FamilyExamples.Create(name, steps: 10);
        family.FreeScalars.ShouldBe(scalars);
    }

    [Theory]
    [InlineData("marginal")]
    [InlineData("marginal eta")]
    public void MarginalPreservingFamilyKeepsMarginalsForAllParameters(string name)
    {
        using var family = FamilyExamples.Create(name, steps: 6);
        FamilyExamples.Disturb(family, size: 0.7);
        var tableau = family.Freeze();
        var marginals = Marginal.Of(tableau);
        var lack = 1.0; // of the prior, which has no image in it, as far as a row still holds it
        for (var i = 0; i < tableau.Rows.Count; i++)
        {
            lack *= i == 0 ? 1 : tableau.Rows[i].States.Sum(term => term.Coefficient);
            marginals[i].Mean.ShouldBe(1 - lack, 1e-12);
            marginals[i].StandardDeviation.ShouldBe(tableau.Rows[i].Sigma, 1e-12 * tableau.Rows[0].Sigma);
        }
    }

    [Fact]
    public void RestrictedParametersStayWhereTheyAre()
    {
        using var family = FamilyExamples.Create("anchored dpmpp-2m");
        family.Restrict(["levels", "history"]);
        family.FreeScalars.ShouldBe(4 + 3);
        Should.Throw<InvalidInputException>(() => family.Restrict(["eta"])).Message.ShouldContain("levels, network, state, scale, history, last, prediction");
    }

    [Fact]
    public void WithoutOlderImagesInTheSampleItIsGgdmWithPredAndTime()
    {
        using var family = FamilyExamples.Create("anchored dpmpp-2m");
        using var start = FamilyExamples.Create("anchored dpmpp-2m");
        FamilyExamples.Disturb(family);
        CopyParameter(start, family, "last");
        using var denoiser = TinyMixture.Create();
        Largest(Ggdm.Create(VPCoefficients(family.Freeze())), family.Freeze(), denoiser).ShouldBeLessThan(1e-10);
        VPCoefficients(start.Freeze()).Mu.SelectMany(row => row).ShouldContain(mu => mu < 0); // what the paper's sigmoids cannot reach
    }

    // Ggdm.From gives all rows but the sample in EDM's coordinates; x_t = x/√(1 + σ²) are VP's, and x̂_0 = (x_t − √ṽ ε)/ã has what the sample takes of x and D.
    private static GgdmCoefficients VPCoefficients(SamplerTableau tableau)
    {
        var last = tableau.Nfe - 1;
        var process = new SamplerTableau([.. tableau.Rows.SkipLast(1), new SamplerRow(0, 0, [], [new Term(last, 1)], 0)]);
        var edm = Ggdm.From(process);
        double[] sigma = [.. tableau.Rows.SkipLast(1).Select(row => row.Sigma).Reverse()];
        double[] scale = [.. sigma.Select(s => Math.Sqrt(1 + (s * s)))];
        var sample = tableau.Rows[^1];
        sample.States.Concat(sample.Denoised).ShouldAllBe(term => term.Row == last);
        var (x, d) = (sample.States.Sum(term => term.Coefficient), sample.Denoised.Sum(term => term.Coefficient));
        var a = 1 / ((x + d) * scale[0]);
        return new GgdmCoefficients
        {
            Mu = [.. edm.Mu.Select((row, t) => row.Select((mu, k) => mu * (k == 0 ? 1 : scale[t + k]) / scale[t]).ToArray())],
            Sigma = [.. edm.Sigma.Select((s, t) => s / scale[t])],
            Prediction =
            [
                new Marginal(a, Math.Pow(d * sigma[0] * a, 2)),
                .. sigma.Skip(1).Select(s => new Marginal(1 / Math.Sqrt(1 + (s * s)), s * s / (1 + (s * s)))),
            ],
            NetworkSigma = sigma,
        };
    }

    [Fact]
    public void TwoStepsHaveNoHistory()
    {
        using var family = FamilyExamples.Create("anchored ipndm", steps: 2);
        family.named_parameters().Select(p => (p.Name, p.Value.numel())).ShouldBe(
            [("levels", 2), ("network", 2), ("state", 1), ("scale", 2), ("history", 0), ("last", 1), ("prediction", 1)]);
        family.Freeze().Nfe.ShouldBe(2);
    }

    private static void CopyParameter(SamplerFamily from, SamplerFamily to, string name)
    {
        using var mode = torch.no_grad();
        Find(to).copy_(Find(from));

        Tensor Find(SamplerFamily family) => family.named_parameters().Single(p => p.Name == name).Value;
    }

    private static double Difference(SamplerFamily family, Tensor parameter, int i, IDenoiser denoiser)
    {
        const double h = 5e-4;
        return ((8 * (At(h) - At(-h))) - (At(2 * h) - At(-2 * h))) / (12 * h);

        double At(double step)
        {
            using var mode = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            parameter[i].add_(torch.full([], step, ScalarType.Float64));
            var tableau = family.Freeze();
            parameter[i].add_(torch.full([], -step, ScalarType.Float64));
            using var noise = TinyMixture.Noise(Images);
            using var run = new SamplerRun(tableau, denoiser, noise);
            return TinyMixture.Loss(run.Finish()).ToDouble();
        }
    }

    private static double Largest(SamplerTableau left, SamplerTableau right, IDenoiser denoiser)
    {
        using var scope = torch.NewDisposeScope();
        return (Run(left) - Run(right)).abs().max().ToDouble();

        Tensor Run(SamplerTableau tableau)
        {
            using var noise = TinyMixture.Noise(Images);
            using var run = new SamplerRun(tableau, denoiser, noise);
            return run.Finish();
        }
    }
}
