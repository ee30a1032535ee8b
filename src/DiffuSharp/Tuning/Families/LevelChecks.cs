using DiffuSharp.Schedules;

namespace DiffuSharp.Tuning.Families;

/// <summary>What the families ask of the noise levels from which they start.</summary>
internal static class LevelChecks
{
    /// <summary>σ_0 … σ_{N−1}, without the final 0.</summary>
    /// <exception cref="InvalidInputException">The levels do not fall strictly to 0, or there is one step only.</exception>
    public static double[] Positive(NoiseLevels levels)
    {
        var falling = Enumerable.Range(0, levels.Steps).All(i => levels[i] > levels[i + 1]);
        return falling && levels[levels.Steps] == 0 && levels.Steps >= 2
            ? [.. levels.Sigmas.Take(levels.Steps)]
            : throw new InvalidInputException("a sampler is learned from at least 2 noise levels that fall strictly and end at 0");
    }
}
