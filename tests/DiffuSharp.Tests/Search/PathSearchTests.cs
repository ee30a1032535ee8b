using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public class PathSearchTests
{
    [Fact]
    public void States_have_the_right_marginal_after_a_jump_forward()
    {
        // x at σ = 0.3 is N(0, s² + σ²); after the jump to σ' = 2 it must be N(0, s² + σ'²). 40 000 numbers: the variance within 4.5 standard errors (3.2 %), which
        // finds σ' or σ added instead of the difference of squares (2.2 % and 8 % on the standard deviation) with more than 99.9 % power.
        const int n = 40_000;
        const double s = 0.5;
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(3);
        var x = torch.randn([n], generator, ScalarType.Float64) * Math.Sqrt((s * s) + 0.09);
        var jumped = PathSearch.Jump(x, 0.3, 2, torch.randn([n], generator, ScalarType.Float64)).ToArray<double>();

        jumped.Average().ShouldBe(0, 4.5 * 2.1 / Math.Sqrt(n));
        (jumped.Average(v => v * v) / ((s * s) + 4)).ShouldBe(1, 4.5 * Math.Sqrt(2.0 / n));
    }

    [Fact]
    public void The_levels_of_the_paper_give_four_rounds_on_the_default_sampler()
    {
        var plan = new PathPlan(new Sampler(new Heun(), 18).Build().Tableau, new PathSearch());

        plan.Rounds.Count.ShouldBe(4);
        plan.First.From.ShouldBe(0);
        var rows = plan.Sampler.Rows;
        rows[plan.First.To].Sigma.ShouldBe(0.1395, 1e-4);               // t = 0.11: σ = 0.1236
        plan.Rounds.Select(leg => rows[leg.From].Sigma).ShouldBe([8.4009, 5.3152, 5.3152, 3.2568], 1e-4); // t = 0.89, 0.86, 0.83, 0.80: σ = 8.09, 6.14, 4.88, 4
        plan.Rounds.Take(3).Select(leg => rows[leg.To].Sigma).ShouldBe([0.0599, 0.0599, 0.0229], 1e-4);
        plan.IsLast(plan.Rounds[3]).ShouldBeTrue();
        using var denoiser = Toy.Mixture();
        plan.Cost(Toy.Problem(denoiser, plan.Sampler, 1), new PathSearch().Survivors, new PathSearch().Children).ShouldBe(324);
    }

    [Fact]
    public void A_segment_from_the_state_at_a_row_ends_where_the_whole_run_ends()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = Toy.Mixture();
        var sampler = Toy.Heun(6);
        foreach (var start in TableauSegment.StartRows(sampler))
        {
            Tensor? state = null;
            using var noise = new SeededNoise([1, 2], Toy.Shape);
            using var whole = new SamplerRun(sampler, denoiser, noise) { Observer = step => state = step.Row == start ? step.State.clone().DetachFromDisposeScope() : state };
            var expected = whole.Finish();
            using var rest = new SamplerRun(TableauSegment.Create(sampler, start, sampler.Nfe), denoiser, new DiffuSharp.Tests.Sampling.ListedNoise([state!]));

            rest.Finish().ToArray<double>().ShouldBe(expected.ToArray<double>(), 1e-12);
        }

        TableauSegment.StartRows(sampler).ShouldBe([0, 2, 4, 6, 8, 10]);
    }

    [Fact]
    public void A_sampler_with_memory_is_refused()
    {
        using var denoiser = Toy.Gaussian();
        var multistep = RecipeText.Parse<Solver>("ipndm").Build(NoiseLevels.EDM(8, new SigmaRange(0.01, 10)));

        Should.Throw<InvalidInputException>(() => new PathSearch().Validate(Toy.Problem(denoiser, multistep, 1000))).Message.ShouldContain("remembers");
    }
}
