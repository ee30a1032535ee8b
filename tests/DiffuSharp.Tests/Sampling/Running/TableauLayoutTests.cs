using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;

namespace DiffuSharp.Tests.Sampling.Running;

/// <summary>Tableaux as vectors.</summary>
public sealed class TableauLayoutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AVectorBecomesTheTableauFromWhichItWasRead(int seed)
    {
        var tableau = RandomTableau.Create(new Random(seed), rows: 7, small: false);
        var layout = TableauLayout.Of(tableau);
        layout.Build(layout.Read(tableau)).ShouldBe(tableau);
    }

    [Fact]
    public void MorePlacesAreReadAsZeroAndDroppedAgain()
    {
        var tableau = new SamplerTableau([new SamplerRow(2, 2, [], [], 0), new SamplerRow(1, 0, [], [new Term(0, 1)], 0), new SamplerRow(0, 0, [], [new Term(1, 1)], 0)]);
        var layout = TableauLayout.Of(tableau, new TableauCoefficient(CoefficientKind.Denoised, 2, 0), new TableauCoefficient(CoefficientKind.Noise, 1));
        layout.Read(tableau).Count(value => value == 0).ShouldBe(2);
        layout.NoisyRows.ShouldBe([1]);
        layout.Build(layout.Read(tableau)).ShouldBe(tableau);
        Should.Throw<InvalidInputException>(() => TableauLayout.Of(tableau).Read(layout.Build([2, 2, 1, 1, 1, 3, 0]))).Message.ShouldContain("does not hold");
    }

    [Fact]
    public void PlacesOutsideTheTableauAndMissingLevelsAreRefused()
    {
        var sigma = new TableauCoefficient(CoefficientKind.Sigma, 0);
        Should.Throw<InvalidInputException>(() => new TableauLayout(2, []));
        Should.Throw<InvalidInputException>(() => new TableauLayout(2, [sigma, sigma]));
        Should.Throw<InvalidInputException>(() => new TableauLayout(2, [sigma, new(CoefficientKind.State, 1, 1)]));
    }
}
