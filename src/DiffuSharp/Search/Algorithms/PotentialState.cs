namespace DiffuSharp.Search.Algorithms;

/// <summary>The potentials of one particle's line so far; it goes with the particle through every resampling.</summary>
/// <param name="kind">Which potential.</param>
/// <param name="lambda">λ.</param>
public readonly struct PotentialState(Potential kind, double lambda)
{
    private double Largest { get; init; } = double.NegativeInfinity;

    private double Total { get; init; }

    private double Product { get; init; }

    /// <summary>Weighs a reward within the trajectory.</summary>
    /// <param name="reward">r of the predicted clean image.</param>
    /// <returns>The logarithm of the weight, and the line's new state.</returns>
    public (double LogWeight, PotentialState Next) Weigh(double reward)
    {
        var largest = Math.Max(Largest, reward);
        var total = Total + reward;
        var weight = kind switch
        {
            Potential.Diff => (lambda * reward) - Product,
            Potential.Max => lambda * largest,
            _ => lambda * total,
        };
        return (weight, new PotentialState(kind, lambda) { Largest = largest, Total = total, Product = Product + weight });
    }

    /// <summary>The logarithm of the last weight: whatever is missing to exp(λ r(x_0)).</summary>
    /// <param name="reward">r of the sample.</param>
    public double Finish(double reward) => (lambda * reward) - Product;
}
