using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

/// <summary>Runs the particles of FK steering once and keeps them all instead of choosing one.</summary>
internal sealed class CapturedCloud(FkSteering options) : ISearchAlgorithm
{
    public string Name => "captured";

    public IReadOnlyList<KeyValuePair<string, string>> Options => [];

    public bool FindsNoise => false;

    public double[] Rewards { get; private set; } = [];

    public double[] LogWeights { get; private set; } = [];

    /// <summary>The first draw of each particle's line of ancestors.</summary>
    public ulong[] Lines { get; private set; } = [];

    public void Validate(SearchProblem problem) => options.Validate(problem);

    public void Run(SearchBlock block) => block.RunGroups([0], options.Particles, group =>
    {
        var cloud = new ParticleFilter(options, block.Problem.Sampler).Run(group, 0);
        (Rewards, LogWeights, Lines) = (cloud.Rewards, cloud.LogWeights, Array.ConvertAll(cloud.Lines, line => line[0]));
        return [];
    });
}
