using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// The differentiable twin of <see cref="Sampling.Solvers.Ggdm"/>: the numbers of a tableau from μ, σ, the prediction coefficients and the
/// network's levels. Row r stands for x_t in VP coordinates with t = K − r, so row 0 is x_K. All float64.
/// </summary>
internal sealed record GgdmRows
{
    /// <summary>μ_t0 [K].</summary>
    public required Tensor Clean { get; init; }

    /// <summary>μ_tu of row r over rows 0 … r − 1, [r] each.</summary>
    public required IReadOnlyList<Tensor> States { get; init; }

    /// <summary>σ_K, the standard deviation of the prior; [1].</summary>
    public required Tensor Prior { get; init; }

    /// <summary>σ_t of rows 1 … K − 1; null for none.</summary>
    public Tensor? Noise { get; init; }

    /// <summary>The levels told to the network, [K].</summary>
    public required Tensor NetworkSigma { get; init; }

    /// <summary>q(x_t | x_0) = N(a_t x_0, v_t I) of all rows by Theorem 1 in its direct form.</summary>
    /// <returns>a and √v, [K] each.</returns>
    public (Tensor Mean, Tensor Deviation) Marginals()
    {
        var count = States.Count;
        var means = new List<Tensor> { Clean[0] };
        var loadings = new List<Tensor> { Own(0) };
        for (var r = 1; r < count; r++)
        {
            means.Add(Clean[r] + (States[r] * torch.stack([.. means])).sum());
            loadings.Add((States[r].unsqueeze(1) * torch.stack([.. loadings])).sum([0]) + Own(r));
        }

        return (torch.stack([.. means]), torch.stack([.. loadings]).square().sum([1]).sqrt());

        Tensor Own(int r)
        {
            var unit = new double[count];
            unit[r] = 1;
            var direction = torch.tensor(unit);
            return r == 0 ? direction * Prior : Noise is null ? direction * 0 : direction * Noise[r - 1];
        }
    }

    /// <summary>The numbers of the tableau in EDM's coordinates.</summary>
    /// <param name="mean">ã of x̂_0 = (x_t − √ṽ ε)/ã, [K].</param>
    /// <param name="deviation">√ṽ, [K].</param>
    public CoefficientVector Assemble(Tensor mean, Tensor deviation)
    {
        var count = States.Count;
        var vector = new CoefficientVector();

        // The network sees scale·x_t; x̂_0 = k·seen + q·D with ε = (seen − D)/σ.
        var scale = (NetworkSigma.square() + 1).sqrt();
        var q = deviation / (NetworkSigma * mean);
        var k = (mean * scale).reciprocal() - q;
        vector.Add(Enumerable.Range(0, count).Select(r => new TableauCoefficient(CoefficientKind.Sigma, r)), NetworkSigma);
        vector.Add(new TableauCoefficient(CoefficientKind.Prior, 0), Prior * scale[0]);
        for (var r = 1; r < count; r++)
        {
            var row = r;
            var clean = Clean[r] * scale[r];
            var states = States[r] / scale.narrow(0, 0, r) * scale[r];
            var newest = states.narrow(0, r - 1, 1) + (clean * k[r - 1]);
            vector.Add(
                Enumerable.Range(0, r).Select(j => new TableauCoefficient(CoefficientKind.State, row, j)),
                torch.cat([states.narrow(0, 0, r - 1), newest]));
            vector.Add(new TableauCoefficient(CoefficientKind.Denoised, r, r - 1), clean * q[r - 1]);
            if (Noise is not null)
            {
                vector.Add(new TableauCoefficient(CoefficientKind.Noise, r), Noise[r - 1] * scale[r]);
            }
        }

        vector.Add(new TableauCoefficient(CoefficientKind.State, count, count - 1), k[count - 1]);
        vector.Add(new TableauCoefficient(CoefficientKind.Denoised, count, count - 1), q[count - 1]);
        return vector;
    }
}
