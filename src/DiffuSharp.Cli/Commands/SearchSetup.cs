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
    public void Dispose()
    {
        Pipeline.Dispose();
        foreach (var verifier in Verifiers.OfType<IDisposable>())
        {
            verifier.Dispose();
        }
    }
}
