using DiffuSharp.Recipes;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

/// <summary>Runs the particles of FK steering once and keeps them all instead of choosing one.</summary>
[Recipe("captured")]
internal sealed record CapturedCloud : SearchAlgorithm
{
    /// <summary>The filter that is run.</summary>
    [RecipeOption(Ignore = true)]
    public FkSteering Filter { get; init; } = new();

    public override bool FindsNoise => false;

    public double[] Rewards { get; private set; } = [];

    public double[] LogWeights { get; private set; } = [];

    /// <summary>The first draw of each particle's line of ancestors.</summary>
    public ulong[] Lines { get; private set; } = [];

    public override void Run(SearchBlock block) => block.RunGroups([0], Filter.Particles, group =>
    {
        var cloud = new ParticleFilter(Filter, block.Problem.Sampler).Run(group, 0);
        (Rewards, LogWeights, Lines) = (cloud.Rewards, cloud.LogWeights, Array.ConvertAll(cloud.Lines, line => line[0]));
        return [];
    });

    protected override void Check(SearchProblem problem) => Filter.Validate(problem);
}
