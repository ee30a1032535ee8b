using DiffuSharp.Metrics;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class ManifoldTests
{
    [Fact]
    public void A_tight_cluster_inside_the_reference_has_precision_but_no_recall()
    {
        using var scope = NewDisposeScope();
        var (cluster, reference) = (Draws.Normal(200, 2, 1) * 0.01, Draws.Normal(200, 2, 2));

        var tight = PrecisionRecall.Compute(cluster, reference);
        tight.Precision.ShouldBe(1);
        tight.Recall.ShouldBeLessThan(0.05);

        var wide = PrecisionRecall.Compute(reference, cluster);
        wide.Precision.ShouldBe(tight.Recall);
        wide.Recall.ShouldBe(tight.Precision);
    }

    [Fact]
    public void Points_on_a_line_count_as_by_hand()
    {
        // k = 1: the reference balls reach 1 from 0 and 1, 2 from 8 and 10.
        using var scope = NewDisposeScope();
        var reference = tensor([0.0, 1, 8, 10], [4, 1]);
        var generated = tensor([2.0, 9, 20], [3, 1]);

        var result = PrecisionRecall.Compute(generated, reference, k: 1);
        result.Precision.ShouldBe(2.0 / 3, 1e-12);
        result.Recall.ShouldBe(1, 1e-12); // generated radii 7, 7, 11

        var density = DensityCoverage.Compute(generated, reference, k: 1);
        density.Density.ShouldBe(2.0 / 3, 1e-12); // 2 lies on the border of the ball of 1, which is outside; 9 in those of 8 and 10
        density.Coverage.ShouldBe(2.0 / 4, 1e-12);
    }

    [Fact]
    public void A_set_against_itself_is_perfect()
    {
        using var scope = NewDisposeScope();
        var x = Draws.Normal(1500, 4, 1) + 100;

        var result = PrecisionRecall.Compute(x, x);
        result.ShouldBe(new PrecisionRecallResult(1, 1, 3));
        var density = DensityCoverage.Compute(x, x);
        density.Coverage.ShouldBe(1);
        density.Density.ShouldBe(1, 1e-9); // each ball holds its own centre and k − 1 neighbours; the last is on the border
    }

    [Fact]
    public void Outliers_of_the_generated_set_raise_recall_but_not_coverage()
    {
        using var scope = NewDisposeScope();
        var reference = Draws.Normal(200, 2, 1);
        var generated = cat([Draws.Normal(100, 2, 2) * 0.01, Draws.Normal(4, 2, 3) * 100]);

        PrecisionRecall.Compute(generated, reference).Recall.ShouldBeGreaterThan(0.9);
        DensityCoverage.Compute(generated, reference).Coverage.ShouldBeLessThan(0.3);
    }

    [Fact]
    public void Too_few_images_are_refused()
    {
        using var scope = NewDisposeScope();
        Should.Throw<InvalidInputException>(() => PrecisionRecall.Compute(Draws.Normal(3, 2, 1), Draws.Normal(9, 2, 2)))
            .Message.ShouldContain("at least 4 of each");
        Should.Throw<InvalidInputException>(() => DensityCoverage.Compute(Draws.Normal(9, 3, 1), Draws.Normal(9, 2, 2)))
            .Message.ShouldContain("3 features against 2");
    }
}
