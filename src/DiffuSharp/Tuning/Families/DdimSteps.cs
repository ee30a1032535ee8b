using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Families;

/// <summary>The rows of DDIM(η) with differentiable levels and η (Song et al. 2021, eq. 12 and 16), as <see cref="Sampling.Solvers.Ddim"/>.</summary>
internal static class DdimSteps
{
    /// <summary>Adds the numbers of all rows.</summary>
    /// <param name="vector">Where.</param>
    /// <param name="levels">σ_0 … σ_{N−1}, float64 [N]; after them comes 0.</param>
    /// <param name="eta">η of the steps but the last, [N − 1]; null for none.</param>
    public static void Add(CoefficientVector vector, Tensor levels, Tensor? eta)
    {
        var n = (int)levels.size(0);
        var (sigma, next) = (levels.narrow(0, 0, n - 1), levels.narrow(0, 1, n - 1));
        var kept = next / sigma;
        if (eta is not null)
        {
            var noise = eta * next * (1 - kept.square()).sqrt();
            kept = (next.square() - noise.square()).sqrt() / sigma;
            vector.Add(Enumerable.Range(1, n - 1).Select(i => new TableauCoefficient(CoefficientKind.Noise, i)), noise);
        }

        vector.Add(Enumerable.Range(0, n).Select(i => new TableauCoefficient(CoefficientKind.Sigma, i)), levels);
        vector.Add(new TableauCoefficient(CoefficientKind.Prior, 0), levels[0]);
        vector.Add(Enumerable.Range(1, n - 1).Select(i => new TableauCoefficient(CoefficientKind.State, i, i - 1)), kept);
        vector.Add(Enumerable.Range(1, n - 1).Select(i => new TableauCoefficient(CoefficientKind.Denoised, i, i - 1)), 1 - kept);
        vector.Add(new TableauCoefficient(CoefficientKind.Denoised, n, n - 1), torch.ones([1], ScalarType.Float64));
    }
}
