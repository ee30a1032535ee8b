using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

public sealed class SamplerTableauTests
{
    private static readonly SamplerRow s_first = new(80, 80, [], [], 0);

    public static TheoryData<string, SamplerRow> BadRows => new()
    {
        { "refers to x_1", new SamplerRow(1, 0, [new Term(1, 1)], [], 0) },
        { "refers to D_1", new SamplerRow(1, 0, [], [new Term(1, 1)], 0) },
        { "refers to x_-1", new SamplerRow(1, 0, [new Term(-1, 1)], [], 0) },
        { "two coefficients of D_0", new SamplerRow(1, 0, [], [new Term(0, 1), new Term(0, 2)], 0) },
        { "sigma is 0", new SamplerRow(0, 0, [], [], 0) },
        { "sigma is -1", new SamplerRow(-1, 0, [], [], 0) },
        { "sigma is NaN", new SamplerRow(double.NaN, 0, [], [], 0) },
        { "prior is Infinity", new SamplerRow(1, double.PositiveInfinity, [], [], 0) },
        { "noise is NaN", new SamplerRow(1, 0, [], [], double.NaN) },
        { "coefficient of x_0 is NaN", new SamplerRow(1, 0, [new Term(0, double.NaN)], [], 0) },
    };

    [Theory]
    [MemberData(nameof(BadRows))]
    public void A_bad_row_is_refused_in_one_line_that_names_it(string problem, SamplerRow row)
    {
        var last = new SamplerRow(0, 0, [], [new Term(0, 1)], 0);
        var message = Should.Throw<InvalidInputException>(() => new SamplerTableau([s_first, row, last])).Message;
        message.ShouldContain("row 1");
        message.ShouldContain(problem);
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void A_tableau_needs_an_evaluation() => Should.Throw<InvalidInputException>(() => new SamplerTableau([s_first]));

    [Fact]
    public void Builder_folds_states_that_are_never_evaluated()
    {
        var network = new SamplerTableauBuilder();
        (var x, var d) = network.Evaluate(3 * network.Xi, 3);
        var halfway = 0.5 * x + 0.5 * d;
        (var x1, var d1) = network.Evaluate(2 * halfway - x + 0.25 * network.Z, 2);
        var tableau = network.Sample((x1 + 3 * d1 - x1) / 3);

        tableau.Nfe.ShouldBe(2);
        tableau.NoiseDraws.ShouldBe(1);
        tableau.ShouldBe(new SamplerTableau(
        [
            new SamplerRow(3, 3, [], [], 0),
            new SamplerRow(2, 0, [], [new Term(0, 1)], 0.25),
            new SamplerRow(0, 0, [], [new Term(1, 1)], 0),
        ]));
    }

    [Fact]
    public void Builder_refuses_noise_of_another_row()
    {
        var network = new SamplerTableauBuilder();
        var z = network.Z;
        (var x, _) = network.Evaluate(network.Xi + z, 1);
        Should.Throw<InvalidOperationException>(() => network.Evaluate(x + z, 0.5)).Message.ShouldContain("Z anew");
    }

    [Fact]
    public void Live_ranges_end_at_the_last_use()
    {
        var tableau = new SamplerTableau(
        [
            new SamplerRow(3, 3, [], [], 0),
            new SamplerRow(2, 0, [new Term(0, 1)], [new Term(0, 1)], 0),
            new SamplerRow(1, 0, [], [new Term(0, 1)], 0),
            new SamplerRow(0, 0, [new Term(1, 1)], [new Term(2, 1)], 0),
        ]);
        var live = new LiveRanges(tableau);

        live.StatesEndingAt(0).ShouldBeEmpty();
        live.StatesEndingAt(1).ShouldBe([0]);
        live.StatesEndingAt(2).ShouldBe([2]);
        live.StatesEndingAt(3).ShouldBe([1, 3]);
        live.DenoisedEndingAt(0).ShouldBeEmpty();
        live.DenoisedEndingAt(1).ShouldBe([1]);
        live.DenoisedEndingAt(2).ShouldBe([0]);
        live.DenoisedEndingAt(3).ShouldBe([2]);
    }

    [Fact]
    public void Every_image_of_a_random_tableau_ends_exactly_once_and_not_before_its_last_use()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var tableau = RandomTableau.Create(new Random(seed), 9, small: true);
            var live = new LiveRanges(tableau);
            var rows = Enumerable.Range(0, tableau.Rows.Count);
            rows.SelectMany(live.StatesEndingAt).Order().ShouldBe(rows);
            rows.SelectMany(live.DenoisedEndingAt).Order().ShouldBe(Enumerable.Range(0, tableau.Nfe));
            foreach (var i in rows)
            {
                int[] endedStates = [.. rows.Take(i).SelectMany(live.StatesEndingAt)];
                int[] endedDenoised = [.. rows.Take(i).SelectMany(live.DenoisedEndingAt)];
                tableau.Rows[i].States.ShouldAllBe(term => !endedStates.Contains(term.Row));
                tableau.Rows[i].Denoised.ShouldAllBe(term => !endedDenoised.Contains(term.Row));
            }
        }
    }
}
