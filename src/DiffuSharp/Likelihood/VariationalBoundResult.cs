namespace DiffuSharp.Likelihood;

/// <summary>The variational bound of a set of images, in bits per dimension.</summary>
/// <param name="Prior">L_T of each image.</param>
/// <param name="Terms">For each image, L_{t−1} at [t − 1]: the decoder's L_0 first.</param>
/// <param name="SquaredErrors">For each image, the mean squared error of x̂_0 from x_t at [t − 1], on the scale [−1, 1].</param>
public sealed record VariationalBoundResult(
    IReadOnlyList<double> Prior, IReadOnlyList<IReadOnlyList<double>> Terms, IReadOnlyList<IReadOnlyList<double>> SquaredErrors)
{
    /// <summary>The bound of each image: L_T + Σ L_{t−1}.</summary>
    public IReadOnlyList<double> Totals => [.. Parts.Select(parts => parts.Total)];

    /// <summary>The bound of each image in its three parts.</summary>
    public IReadOnlyList<BoundTerms> Parts => [.. Prior.Select((prior, n) => new BoundTerms(prior, Terms[n].Skip(1).Sum(), Terms[n][0]))];

    /// <summary>The mean bound.</summary>
    public double Mean => Totals.Average();

    /// <summary>Standard error of the mean bound; NaN for one image.</summary>
    public double StandardError => DiffuSharp.StandardError.OfMean(Totals);

    /// <summary>Mean L_1 + … + L_T: what a lossy code sends (section 4.3).</summary>
    public double Rate => Mean - Distortion;

    /// <summary>Mean L_0: what it takes to make the code lossless (section 4.3).</summary>
    public double Distortion => Terms.Average(terms => terms[0]);

    /// <summary>Several batches as one.</summary>
    /// <param name="parts">The batches.</param>
    public static VariationalBoundResult Join(IReadOnlyList<VariationalBoundResult> parts) => new(
        [.. parts.SelectMany(part => part.Prior)], [.. parts.SelectMany(part => part.Terms)], [.. parts.SelectMany(part => part.SquaredErrors)]);

    /// <summary>The rate-distortion curve over the images, from t = T down to t = 1.</summary>
    public IReadOnlyList<RateDistortion> Curve()
    {
        var points = new List<RateDistortion>();
        var rate = Prior.Average();
        for (var i = Terms[0].Count - 1; i >= 0; i--)
        {
            points.Add(new(i + 1, rate, 127.5 * Math.Sqrt(SquaredErrors.Average(errors => errors[i]))));
            rate += Terms.Average(terms => terms[i]);
        }

        return points;
    }
}
