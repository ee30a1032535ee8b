using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Verifiers;

namespace DiffuSharp.Cli.Commands;

/// <summary>An opened search problem with what it is made of.</summary>
internal sealed record SearchSetup(
    SearchProblem Problem, string Network, SamplerFile Final, SamplerFile? Search, bool RealTimes, string Identity, GuidedModel Model,
    IReadOnlyList<IVerifier> Verifiers)
    : IDisposable
{
    public void Dispose()
    {
        Model.Dispose();
        foreach (var verifier in Verifiers.OfType<IDisposable>())
        {
            verifier.Dispose();
        }
    }
}
