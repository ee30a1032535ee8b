using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tests.Tuning;

/// <summary>Losses of samples: values, and gradients against central differences.</summary>
public sealed class LossTests : IDisposable
{
    private const int Images = 6;

    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly PixelFeatures _features = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(KernelKind.Cubic)]
    [InlineData(KernelKind.Linear)]
    public void GradientOfTheKernelDistanceIsThatOfTheWholeBatch(KernelKind kernel)
    {
        using var loss = new KernelLoss(_features, Reference(), kernel);
        Check(loss);
    }

    [Fact]
    public void CubicKernelDistanceIsKidInUnitsOfTheData()
    {
        var reference = Reference();
        using var loss = new KernelLoss(_features, reference, KernelKind.Cubic);
        var kid = KernelDistance.FromAllPairs(_features.Features(Samples(9)), reference.Features!);
        var own = (((reference.Features!.to(ScalarType.Float64).square().sum([1]) / 8.0) + 1).pow(3)).mean().ToDouble();
        var pairs = (reference.Features!.to(ScalarType.Float64).matmul(reference.Features!.to(ScalarType.Float64).transpose(0, 1)) / 8.0 + 1).pow(3);
        double m = pairs.size(0);
        var between = (pairs.sum() - pairs.diagonal().sum()).ToDouble() / (m * (m - 1));
        Evaluate(loss, Samples(9), 4).Value.ShouldBe(kid / (own - between), 1e-10);
    }

    [Fact]
    public void LinearKernelDistanceIsThatOfTheMeansWithoutBias()
    {
        var reference = Reference();
        using var loss = new KernelLoss(_features, reference, KernelKind.Linear);
        var phi = _features.Features(Samples(9));
        var n = phi.size(0);
        var sum = phi.sum([0]);
        var within = (sum.square().sum() - phi.square().sum()) / (n * (n - 1.0));
        var mean = reference.Statistics.Mean;
        var expected = (within - (sum * mean).sum() * (2.0 / n) + mean.square().sum()) / reference.Statistics.Covariance.diagonal().sum();
        Evaluate(loss, Samples(9), 4).Value.ShouldBe(expected.ToDouble(), 1e-12);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(16)]
    public void GradientOfTheFrechetDistanceIsThatOfTheWholeBatch(int images)
    {
        using var anchor = Teacher();
        using var loss = new FrechetLoss(_features, Reference(), anchor);
        Check(loss, images);
    }

    [Fact]
    public void FrechetDistanceOfAllSeedsIsThatOfTheirSamples()
    {
        using var anchor = Teacher();
        using var loss = new FrechetLoss(_features, Reference(), anchor);
        Evaluate(loss, Samples(16), 4).Value.ShouldBe(Frechet(Samples(16)), 1e-9);
    }

    [Fact]
    public void FrechetDistanceOfUnchangedSamplesIsThatOfTheWholeAnchorWhateverTheBatch()
    {
        using var anchor = Teacher();
        using var loss = new FrechetLoss(_features, Reference(), anchor);
        var expected = Frechet(anchor.Of(Seeds(16), Device.CPU));
        foreach (var count in new[] { 1, 5, 16 })
        {
            Evaluate(loss, anchor.Of(Seeds(count), Device.CPU), 4).Value.ShouldBe(expected, 1e-9);
        }
    }

    [Fact]
    public void SlopesOfTheFrechetDistanceAreBoundedWhereTheEstimateHasHardlyAnyVariance()
    {
        // With all of a batch's weight on one image, E[φφᵀ] loses more than its variance as the image shrinks: at some size an eigenvalue passes 0.
        using var anchor = Teacher();
        var reference = Reference();
        using var loss = new FrechetLoss(_features, reference, anchor);
        var all = _features.Features(anchor.Of(Seeds(16), Device.CPU));
        var centred = all - all.mean([0]);
        var (values, vectors) = torch.linalg.eigh(reference.Statistics.Covariance);
        var root = SymmetricMatrix.Compose(vectors, values.sqrt());
        var (some, none) = (1.0, 0.0);
        Least(some).ShouldBeGreaterThan(0);
        Least(none).ShouldBeLessThan(0);
        for (var i = 0; i < 60 && Least(some) > 1e-12; i++)
        {
            var middle = (some + none) / 2;
            (some, none) = Least(middle) > 0 ? (middle, none) : (some, middle);
        }

        // The features are at most 3 times as steep as the pixels, and (1 + 1/√0.01) 0.99 · 16/15 < 12.
        var step = Features(some) - all.narrow(0, 0, 1);
        var far = (all.mean([0]) + step - reference.Statistics.Mean).square().sum().ToDouble();
        var own = centred[0].square().sum().ToDouble();
        var gradient = Evaluate(loss, Image(some), 1).Gradient;
        gradient.isfinite().all().item<bool>().ShouldBeTrue();
        var bound = 3 * 2 * (Math.Sqrt(far) + (12 * Math.Sqrt(own))) / reference.Statistics.Covariance.diagonal().sum().ToDouble();
        Math.Sqrt(gradient.square().sum().ToDouble()).ShouldBeLessThan(bound);

        Tensor Image(double size) => anchor.Of([100], Device.CPU) * size;

        Tensor Features(double size) => _features.Features(Image(size));

        double Least(double size)
        {
            using var scope = torch.NewDisposeScope();
            var (now, before) = (Features(size) - all.mean([0]), centred.narrow(0, 0, 1));
            var mean = (now - before)[0];
            var moment = (centred.transpose(0, 1).matmul(centred) / 16.0) + now.transpose(0, 1).matmul(now) - before.transpose(0, 1).matmul(before);
            var covariance = ((moment - (mean.reshape(-1, 1) * mean)) * (0.99 * 16 / 15)) + (reference.Statistics.Covariance * 0.01);
            var (eigenvalues, _) = torch.linalg.eigh(root.matmul(covariance).matmul(root));
            return eigenvalues[0].ToDouble();
        }
    }

    [Fact]
    public void ATeacherThatDoesNotVaryIsRefused()
    {
        using var teacher = Teacher(count: 1);
        foreach (var (weights, what) in new[]
        {
            (new TeacherLossOptions { FeatureWeight = 0 }, "the teacher's samples do not vary"),
            (new TeacherLossOptions { PixelWeight = 0 }, "the teacher's features do not vary"),
        })
        {
            Should.Throw<InvalidInputException>(() => new TeacherLoss(teacher, _features, weights)).Message.ShouldContain(what);
        }
    }

    [Fact]
    public void AnAnchorWithFewerImagesThanFeaturesIsRefused()
    {
        using var anchor = Teacher(count: 8);
        Should.Throw<InvalidInputException>(() => new FrechetLoss(_features, Reference(), anchor)).Message.ShouldContain("8 anchor images for 8 features");
    }

    [Fact]
    public void GradientOfTheTeacherDistanceIsThatOfTheWholeBatch()
    {
        using var teacher = Teacher();
        Check(new TeacherLoss(teacher, _features, new TeacherLossOptions { PixelWeight = 0.7, FeatureWeight = 1.3 }));
    }

    [Fact]
    public void TheTeachersOwnSamplesHaveNoDistance()
    {
        using var teacher = Teacher();
        var loss = new TeacherLoss(teacher, _features, new TeacherLossOptions());
        var samples = teacher.Of(Seeds(Images), Device.CPU);
        var result = loss.Evaluate(new SampleBatch(Seeds(Images), samples, 4));
        result.Value.ShouldBe(0);
        result.Gradient.abs().max().ToDouble().ShouldBe(0);
        result.Parts.Select(part => part.Name).ShouldBe(["pixel", "feature"]);
    }

    [Fact]
    public void SumOfLossesIsTheWeightedSum()
    {
        using var teacher = Teacher();
        using var kid = new KernelLoss(_features, Reference(), KernelKind.Cubic);
        var distance = new TeacherLoss(teacher, null, new TeacherLossOptions());
        var sum = new WeightedLoss((kid, 0.5), (distance, 2));
        var samples = Samples(Images);
        Evaluate(sum, samples, 4).Value.ShouldBe((0.5 * Evaluate(kid, samples, 4).Value) + (2 * Evaluate(distance, samples, 4).Value), 1e-12);
        Check(sum);
        Should.Throw<InvalidInputException>(() => new WeightedLoss((kid, 0)));
    }

    [Fact]
    public void KeptSamplesComeBackFromTheirFileOnlyForTheirOrigin()
    {
        using var teacher = Teacher();
        teacher.Save(_folder["teacher.safetensors"], "model a");
        using var same = KeptSamples.TryLoad(_folder["teacher.safetensors"], "model a", first: 100);
        same!.Of([103], Device.CPU).equal(teacher.Of([103], Device.CPU)).ShouldBeTrue();
        KeptSamples.TryLoad(_folder["teacher.safetensors"], "model b", first: 100).ShouldBeNull();
        KeptSamples.TryLoad(_folder["none.safetensors"], "model a", first: 100).ShouldBeNull();
        Should.Throw<InvalidInputException>(() => teacher.Of([99], Device.CPU)).Message.ShouldContain("100 to");
    }

    private static KeptSamples Teacher(int count = 16)
    {
        using var denoiser = TinyMixture.Create();
        return KeptSamples.Compute(denoiser, new DpmSolverPlusPlus().Build(FamilyExamples.Levels(20)), first: 100, count, batch: 5);
    }

    private static long[] Seeds(int count) => [.. Enumerable.Range(100, count).Select(i => (long)i)];

    private static Tensor Samples(int count)
    {
        using var generator = new Generator(5);
        return torch.randn([count, 1, 2, 2], generator, ScalarType.Float64) * 0.3; // inside [−1, 1]
    }

    private static SampleLossResult Evaluate(ISampleLoss loss, Tensor samples, int microBatch) =>
        loss.Evaluate(new SampleBatch(Seeds((int)samples.size(0)), samples, microBatch));

    private static void Check(ISampleLoss loss, int images = Images)
    {
        const double h = 1e-4;
        var samples = Samples(images);
        var result = Evaluate(loss, samples, microBatch: 4);
        result.Value.ShouldBe(Evaluate(loss, samples, microBatch: images).Value, 1e-14);
        var gradient = result.Gradient.ToArray<double>();
        var scale = gradient.Max(Math.Abs);
        var values = samples.ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            var slope = (At(i, h) - At(i, -h)) / (2 * h);
            Math.Abs(slope - gradient[i]).ShouldBeLessThan(1e-6 * scale, $"{i}");
        }

        double At(int i, double step)
        {
            double[] moved = [.. values];
            moved[i] += step;
            return Evaluate(loss, torch.tensor(moved, samples.shape), microBatch: 4).Value;
        }
    }

    // In units of the variance of the data's features, 1 % of whose covariance is mixed in.
    private double Frechet(Tensor samples)
    {
        var reference = Reference().Statistics;
        using var own = FeatureStatistics.Of(_features.Features(samples));
        using var mixed = new FeatureStatistics(own.Mean.clone(), (own.Covariance * 0.99) + (reference.Covariance * 0.01), own.Count);
        return FrechetDistance.Compute(mixed, reference).Value / reference.Covariance.diagonal().sum().ToDouble();
    }

    private ReferenceStatistics Reference()
    {
        using var generator = new Generator(8);
        var features = _features.Features(torch.randn([40, 1, 2, 2], generator, ScalarType.Float64) * 0.4 + 0.1).to(ScalarType.Float32);
        return new ReferenceStatistics { Statistics = FeatureStatistics.Of(features), Protocol = _features.Protocol, Features = features };
    }
}
