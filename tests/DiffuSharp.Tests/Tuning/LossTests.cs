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

    [Fact]
    public void GradientOfTheFrechetDistanceIsThatOfTheWholeBatch()
    {
        using var loss = new FrechetLoss(_features, Reference(), memory: 0);
        Check(loss, images: 12);
    }

    [Fact]
    public void FrechetDistanceCountsInTheNewestImagesOfEarlierSteps()
    {
        var reference = Reference();
        using var loss = new FrechetLoss(_features, reference, memory: 11);
        var (first, second) = (Samples(12), Samples(10) * 0.5);
        Evaluate(loss, first, 4);
        using var both = FeatureStatistics.Of(_features.Features(torch.cat([first.narrow(0, 1, 11), second])));
        var expected = FrechetDistance.Compute(both, reference.Statistics).Value / reference.Statistics.Covariance.diagonal().sum().ToDouble();
        var result = Evaluate(loss, second, 4);
        result.Value.ShouldBe(expected, 1e-9);
        loss.Memories[0].Rows!.shape.ShouldBe([11, 8]);
    }

    [Fact]
    public void GradientOfTheFrechetDistanceIsAsIfRememberedImagesMovedToo()
    {
        const double h = 1e-4;
        var reference = Reference();
        using var loss = new FrechetLoss(_features, reference, memory: 12);
        using var plain = new FrechetLoss(_features, reference, memory: 0);
        var values = Samples(12).ToArray<double>();
        Evaluate(loss, Samples(12), 4);
        var gradient = Evaluate(loss, Samples(12), 4).Gradient.ToArray<double>(); // the memory holds the same images
        var scale = gradient.Max(Math.Abs);
        for (var i = 0; i < values.Length; i++)
        {
            Math.Abs(((Twice(i, h) - Twice(i, -h)) / (2 * h)) - gradient[i]).ShouldBeLessThan(1e-6 * scale, $"{i}");
        }

        double Twice(int i, double step)
        {
            double[] moved = [.. values];
            moved[i] += step;
            var samples = torch.tensor(moved, [12, 1, 2, 2]);
            return Evaluate(plain, torch.cat([samples, samples]), 4).Value;
        }
    }

    [Fact]
    public void TheFirstStepsOfTheFrechetDistanceOnlyFillTheMemory()
    {
        using var loss = new FrechetLoss(_features, Reference(), memory: 8);
        var result = Evaluate(loss, Samples(4), 4);
        result.Value.ShouldBe(0);
        result.Gradient.abs().max().ToDouble().ShouldBe(0);
        Evaluate(loss, Samples(4), 4).Value.ShouldBe(0);
        Evaluate(loss, Samples(4), 4).Gradient.abs().max().ToDouble().ShouldBeGreaterThan(0);
        using var never = new FrechetLoss(_features, Reference(), memory: 4);
        Should.Throw<InvalidInputException>(() => Evaluate(never, Samples(4), 4)).Message.ShouldContain("together they must be more");
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
    public void TeacherSamplesComeBackFromTheirFileOnlyForTheirOrigin()
    {
        using var teacher = Teacher();
        teacher.Save(_folder["teacher.safetensors"], "model a");
        using var same = TeacherSamples.TryLoad(_folder["teacher.safetensors"], "model a", first: 100);
        same!.Of([103], Device.CPU).equal(teacher.Of([103], Device.CPU)).ShouldBeTrue();
        TeacherSamples.TryLoad(_folder["teacher.safetensors"], "model b", first: 100).ShouldBeNull();
        TeacherSamples.TryLoad(_folder["none.safetensors"], "model a", first: 100).ShouldBeNull();
        Should.Throw<InvalidInputException>(() => teacher.Of([99], Device.CPU)).Message.ShouldContain("100 to");
    }

    private static TeacherSamples Teacher()
    {
        using var denoiser = TinyMixture.Create();
        return TeacherSamples.Compute(denoiser, DpmSolverPlusPlus.Create(FamilyExamples.Levels(20)), first: 100, count: 16, batch: 5);
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

    private ReferenceStatistics Reference()
    {
        using var generator = new Generator(8);
        var features = _features.Features(torch.randn([40, 1, 2, 2], generator, ScalarType.Float64) * 0.4 + 0.1).to(ScalarType.Float32);
        return new ReferenceStatistics { Statistics = FeatureStatistics.Of(features), Protocol = _features.Protocol, Features = features };
    }
}
