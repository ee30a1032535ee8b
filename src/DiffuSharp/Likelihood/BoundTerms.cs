namespace DiffuSharp.Likelihood;

/// <summary>The variational bound of an image in its three parts (Ho et al. 2020, eq. 5), bits per dimension.</summary>
/// <param name="Prior">L_T.</param>
/// <param name="Middle">L_1 + … + L_{T−1}.</param>
/// <param name="Decoder">L_0.</param>
public readonly record struct BoundTerms(double Prior, double Middle, double Decoder)
{
    /// <summary>The bound.</summary>
    public double Total => Prior + Middle + Decoder;

    /// <summary>Term by term mean.</summary>
    /// <param name="terms">At least one.</param>
    public static BoundTerms Average(IReadOnlyList<BoundTerms> terms) =>
        new(terms.Average(t => t.Prior), terms.Average(t => t.Middle), terms.Average(t => t.Decoder));
}
