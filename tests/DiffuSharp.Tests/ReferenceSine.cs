using DiffuSharp.Torch;

namespace DiffuSharp.Tests;

/// <summary>
/// Whether libtorch's sine rounds as that of the reference did. It differs between versions in the last bit, on which the noise levels of
/// iDDPM depend from their seventh digit on, and near the clean end from their third.
/// </summary>
internal static class ReferenceSine
{
    private const float LastPlace = 6e-8f; // of a number below 1

    private static readonly float[] s_angles = [0.48931554f, 1.0892725f, 1.42743f, 1.5489798f, 1.5520964f, 1.5567714f];

    private static readonly float[] s_sines = [0.47002187f, 0.88629025f, 0.9897406f, 0.999762f, 0.9998252f, 0.99990165f];

    /// <summary>Null where all sines are the reference's, and where one is wrong by more than rounding, so that the tests find that.</summary>
    public static string? WhyDifferent { get; } = Compute() is var sines && !sines.AsSpan().SequenceEqual(s_sines)
        && sines.Zip(s_sines).All(pair => MathF.Abs(pair.First - pair.Second) <= LastPlace)
            ? "libtorch's sine rounds otherwise here than where the reference was computed"
            : null;

    private static float[] Compute()
    {
        using var scope = torch.NewDisposeScope();
        return torch.tensor(s_angles).sin().ToArray<float>();
    }
}
