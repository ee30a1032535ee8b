using DiffuSharp.Pipelines;
using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Verifiers;

namespace DiffuSharp.Cli.Commands;

/// <summary>An opened search problem with what it is made of.</summary>
internal sealed record SearchSetup(
    SearchProblem Problem, string Network, SamplerFile Final, SamplerFile? Search, bool RealTimes, string Identity, Pipeline Pipeline,
    IReadOnlyList<IVerifier> Verifiers)
    : IDisposable
{
    /// <summary>What is to be said beside the result.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Says it.</summary>
    public void Say(Invocation run)
    {
        foreach (var remark in Remarks)
        {
            run.Remarks.Report(remark);
        }
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        foreach (var verifier in Verifiers.OfType<IDisposable>())
        {
            verifier.Dispose();
        }
    }
}
