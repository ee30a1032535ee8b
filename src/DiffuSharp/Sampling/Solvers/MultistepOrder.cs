using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>Which order a multistep solver can use in a step.</summary>
internal static class MultistepOrder
{
    /// <summary>
    /// At most the number of evaluations made so far; 1 in a step to σ = 0, where ln σ has no end and the step lands on D; with
    /// <paramref name="lowerOrderFinal"/>, at most the number of steps left.
    /// </summary>
    public static int At(NoiseLevels levels, int step, int order, bool lowerOrderFinal)
    {
        if (levels[step + 1] == 0)
        {
            return 1;
        }

        var possible = Math.Min(order, step + 1);
        return lowerOrderFinal ? Math.Min(possible, levels.Steps - step) : possible;
    }

    /// <summary>Checks that no step has length 0, which would divide by 0.</summary>
    /// <exception cref="InvalidInputException">Two levels are equal.</exception>
    public static void RequireFalling(NoiseLevels levels)
    {
        for (var i = 0; i < levels.Steps; i++)
        {
            if (levels[i] == levels[i + 1])
            {
                throw new InvalidInputException(
                    $"Noise levels {i} and {i + 1} are both {levels[i]:R}; a multistep solver needs falling levels: take fewer steps.");
            }
        }
    }
}
