using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// Falling noise levels that can be learned: the distance of neighbours in ln σ is the initial one times exp(θ_i), and the lowest level the
/// initial one times exp(θ_{N−1}). θ = 0 gives the initial levels; every θ gives falling ones.
/// </summary>
/// <param name="initial">σ_0 … σ_{N−1}, falling.</param>
internal sealed class LearnedLevels(IReadOnlyList<double> initial)
{
    private readonly double[] _gaps = [.. Enumerable.Range(0, initial.Count - 1).Select(i => Math.Log(initial[i] / initial[i + 1]))];

    /// <summary>ln σ_0 … ln σ_{N−1}, float64 [N].</summary>
    /// <param name="theta">[N].</param>
    public Tensor Logarithms(Parameter theta)
    {
        var gaps = torch.tensor(_gaps) * theta.narrow(0, 0, _gaps.Length).exp();
        var above = gaps.flip(0).cumsum(0).flip(0);
        var lowest = theta.narrow(0, _gaps.Length, 1) + Math.Log(initial[^1]);
        return torch.cat([lowest + above, lowest]);
    }
}
