namespace DiffuSharp.Schedules;

/// <summary>The noise levels that a sampling run visits on a discrete process.</summary>
public static class DiscreteLevels
{
    /// <summary>The levels of a stride through the process.</summary>
    /// <param name="schedule">The process.</param>
    /// <param name="stride">Which timesteps.</param>
    /// <param name="steps">N, the number of steps, from 1 to T; one step starts at the last timestep.</param>
    /// <exception cref="InvalidInputException">There are fewer than 1 or more than T steps.</exception>
    public static NoiseLevels Create(DiscreteNoiseSchedule schedule, TimestepStride stride, int steps)
    {
        if (steps < 1 || steps > schedule.T)
        {
            throw new InvalidInputException(
                $"A stride through {schedule.T} timesteps takes from 1 to {schedule.T} steps, not {steps}.");
        }

        var sigmas = Timesteps(schedule.T, stride, steps).Select(timestep => schedule.Sigma(timestep + 1));
        return new NoiseLevels(stride == TimestepStride.Linear ? sigmas : sigmas.Append(0));
    }

    /// <summary>The timesteps of a stride, counted from 0, from noisy to clean.</summary>
    /// <param name="count">T, the timesteps of the process.</param>
    /// <param name="stride">Which of them.</param>
    /// <param name="steps">N, from 1 to T; a single one is T − 1, whatever the stride.</param>
    /// <returns>N timesteps, N + 1 for <see cref="TimestepStride.Linear"/>.</returns>
    public static IReadOnlyList<double> Timesteps(int count, TimestepStride stride, int steps)
    {
        if (steps == 1 && stride != TimestepStride.Linear)
        {
            return [count - 1.0];
        }

        var length = stride == TimestepStride.Linear ? steps + 1 : steps;
        var intervals = Math.Max(1.0, length - 1);
        return [.. Enumerable.Range(0, length).Select(At)];

        double At(int i)
        {
            var left = length - 1 - i;
            return stride switch
            {
                TimestepStride.Leading => left * (count / steps),
                TimestepStride.Trailing => Math.Round(count - (double)i * count / steps) - 1,
                TimestepStride.Linspace => (count - 1.0) * left / intervals,
                TimestepStride.Linear => Math.Round((count - 1.0) * left / intervals),
                _ => Math.Floor(0.8 * count * left * left / (intervals * intervals)),
            };
        }
    }
}
