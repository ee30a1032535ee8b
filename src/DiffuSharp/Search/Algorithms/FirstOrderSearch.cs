using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Search.Noise;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// First-order search (Ma et al. 2025, appendix): gradient ascent of the score in the prior noise, through verifier and sampler, with the regulariser of the norm, clipping and
/// Nesterov momentum of ReNO (Eyring et al. 2024). A gradient counts as 3 forward runs: NFE = (1 + 4 × iterations) × NFE of a candidate, the first being the seed's own noise.
/// </summary>
[Recipe("first-order", Source = "Ma et al. 2025, appendix; Eyring et al. 2024")]
public sealed record FirstOrderSearch : SearchAlgorithm
{
    /// <summary>Forward runs that a gradient counts as.</summary>
    public const int BackwardCost = 3;

    /// <summary>Steps of ascent; null for as many as the budget allows.</summary>
    [Range(1, 1 << 20)]
    public int? Iterations { get; init; }

    /// <summary>Learning rate.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    [RecipeOption(Name = "lr")]
    public double LearningRate { get; init; } = 5;

    /// <summary>Momentum in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Largest norm of a gradient.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public double Clip { get; init; } = 0.1;

    /// <summary>Weight of ln p(‖n‖), the chi distribution's logarithm.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    [RecipeOption(Name = "norm-weight")]
    public double NormWeight { get; init; } = 0.01;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Options =>
        Iterations is null ? [.. base.Options.Select(o => o.Key == "iterations" ? KeyValuePair.Create(o.Key, "budget") : o)] : base.Options;

    /// <inheritdoc/>
    public override bool FindsNoise => false;

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        if (!problem.Verifier.IsDifferentiable)
        {
            throw new InvalidInputException($"first-order: verifier {problem.Verifier.Name} has no gradient; use a classifier or a TorchScript module");
        }

        if (Iterations is null && problem.Budget.Nfe is null)
        {
            throw new InvalidInputException("first-order: needs a budget in NFE or a number of iterations");
        }

        Particles.RequireImageVerifier(problem, Name);
    }

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var nfe = block.Problem.CostOf(block.Problem.Sampler);
        var iterations = Iterations ?? (int)Math.Max(0, ((block.Problem.Budget.Nfe!.Value / nfe) - 1) / (1 + BackwardCost));
        var cost = nfe * (1 + (iterations * (1 + BackwardCost)));
        for (var repeat = 0; block.WhoAfford(cost, iterations + 1) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, 1, group => Ascend(group, iterations, round, nfe));
        }
    }

    private List<Outcome> Ascend(ParticleGroup group, int iterations, int repeat, long nfe)
    {
        using var scope = torch.NewDisposeScope();
        var noises = group.Each((i, _) => RandomSearch.NoiseOf(group.Image(i), repeat));
        using var first = new CandidateNoiseSource(noises, group.Shape);
        var (device, precision) = (group.Denoiser.Device, group.Problem.Precision);
        var n = first.Next().to(device, precision);
        var velocity = torch.zeros_like(n);
        var outcomes = new List<Outcome>();
        for (var k = 0; k <= iterations; k++)
        {
            using var inner = torch.NewDisposeScope();
            using var source = new CandidateNoiseSource(noises, group.Shape);
            _ = source.Next();
            var given = new Sampling.PrecededNoise(n, source);
            using var run = RematerializedRun.Of(group.Problem.Sampler, group.Denoiser, given, group.Condition(1));
            var sample = run.Forward(group.Cancellation);
            Note(sample, k);
            if (k < iterations)
            {
                var gradient = run.Backward(Slope(group, sample), group.Cancellation).Prior;
                var (next, speed) = Step(n, velocity, gradient.to(device, precision));
                n.Dispose();
                velocity.Dispose();
                (n, velocity) = (next.MoveToOuterDisposeScope(), speed.MoveToOuterDisposeScope());
            }
        }

        return outcomes;

        void Note(Tensor sample, int k)
        {
            var scores = group.Score(sample);
            var spent = k == 0 ? nfe : nfe * (1 + BackwardCost);
            outcomes.AddRange(group.Finish(sample, scores, group.BestMembers(scores), spent, 1, _ => null));
        }
    }

    private static Tensor Slope(ParticleGroup group, Tensor sample)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.enable_grad();
        var x = sample.detach().requires_grad_();
        var scores = group.Problem.Verifier.Score(new VerifierBatch(Scorer.Range(x), group.Classes));
        var gradient = torch.autograd.grad([scores.sum()], [x])[0];
        return (gradient ?? torch.zeros_like(sample)).MoveToOuterDisposeScope();
    }

    private (Tensor N, Tensor Velocity) Step(Tensor n, Tensor velocity, Tensor gradient)
    {
        // ln p(‖n‖) = (d − 1) ln ‖n‖ − ‖n‖²/2 + const; its gradient is ((d − 1)/‖n‖² − 1) n.
        var squared = n.square().sum([1, 2, 3], keepdim: true);
        var d = n.numel() / n.size(0);
        var g = gradient + (n * ((torch.zeros_like(squared) + (d - 1.0)) / squared - 1.0) * NormWeight);
        var norm = g.square().sum([1, 2, 3], keepdim: true).sqrt();
        g = g * (torch.zeros_like(norm) + Clip) / norm.maximum(torch.zeros_like(norm) + Clip);
        velocity = (velocity * Momentum) + g;
        return (n + ((g + (velocity * Momentum)) * LearningRate), velocity);
    }
}
