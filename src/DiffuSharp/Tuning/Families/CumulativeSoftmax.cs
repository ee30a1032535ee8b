using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// The map of Watson et al. 2022 from K free numbers to an increasing sequence in (0, 1): the first K entries of
/// cumsum(softmax([θ_1 … θ_K; 1])).
/// </summary>
internal static class CumulativeSoftmax
{
    /// <summary>The sequence [K].</summary>
    public static Tensor Map(Tensor theta)
    {
        var one = torch.ones([1], ScalarType.Float64, theta.device);
        return torch.cat([theta, one]).softmax(0).cumsum(0).narrow(0, 0, theta.size(0));
    }

    /// <summary>θ of a sequence that increases strictly inside (0, 1).</summary>
    public static double[] Inverse(IReadOnlyList<double> sequence)
    {
        var rest = 1 - sequence[^1];
        return [.. sequence.Select((value, k) => 1 + Math.Log((value - (k > 0 ? sequence[k - 1] : 0)) / rest))];
    }
}
