namespace DiffuSharp.Likelihood;

/// <summary>
/// The Runge-Kutta pair 5(4) with seven stages, the last of which is the first of the next step (Dormand and Prince 1980, table 2), for many
/// images at once. Every image has its own time and step, so its path does not depend on the images beside it.
/// </summary>
internal static class DormandPrince
{
    private const double FirstStep = 0.01; // of the whole way
    private const double SmallestStep = 1e-9;
    private const double Safety = 0.9;
    private const double MinFactor = 0.2;
    private const double MaxFactor = 5;
    private const int LowerOrder = 4;

    private static readonly double[] s_nodes = [0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1, 1];

    private static readonly double[][] s_stages =
    [
        [],
        [1 / 5.0],
        [3 / 40.0, 9 / 40.0],
        [44 / 45.0, -56 / 15.0, 32 / 9.0],
        [19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0],
        [9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0],
        [35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0],
    ];

    private static readonly double[] s_error =
        [71 / 57600.0, 0, -71 / 16695.0, 71 / 1920.0, -17253 / 339200.0, 22 / 525.0, -1 / 40.0];

    /// <summary>Moves all states from one time to another; images that are there drop out of the batch.</summary>
    /// <param name="field">The ODE.</param>
    /// <param name="states">Replaced by the states at the end.</param>
    /// <param name="from">First ln σ.</param>
    /// <param name="to">Last ln σ, above or below.</param>
    /// <param name="options">Tolerances.</param>
    /// <param name="progress">Told the part of the way that the images have gone.</param>
    /// <param name="cancellation">Looked at before each attempt.</param>
    /// <exception cref="InvalidInputException">The steps became too small: the model is not smooth enough for the tolerances.</exception>
    public static void Solve(
        FlowField field, double[][] states, double from, double to, ProbabilityFlowOptions options, Action<double>? progress,
        CancellationToken cancellation)
    {
        Path[] paths = [.. states.Select((state, i) => new Path(i, state, from, (to - from) * FirstStep))];
        Evaluate(field, paths, stage: 0);
        for (var active = paths; active.Length > 0; active = Array.FindAll(active, path => path.Time != to))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var path in active)
            {
                path.Trim(to);
            }

            for (var stage = 1; stage < s_stages.Length; stage++)
            {
                Evaluate(field, active, stage);
            }

            foreach (var path in active)
            {
                path.Finish(path.Error(field.Coordinates, options), to);
                if (Math.Abs(path.Step) < SmallestStep * Math.Abs(to - from) && path.Time != to)
                {
                    throw new InvalidInputException(
                        $"the ODE cannot be followed beyond sigma {Math.Exp(path.Time):G4} to rtol {options.Rtol:G3}, atol {options.Atol:G3}: "
                        + "raise the tolerances or use the fixed grid");
                }
            }

            progress?.Invoke(paths.Average(path => (path.Time - from) / (to - from)));
        }

        for (var i = 0; i < states.Length; i++)
        {
            states[i] = paths[i].State;
        }
    }

    private static void Evaluate(FlowField field, Path[] active, int stage)
    {
        var points = Array.ConvertAll(active, path => path.PointOf(stage));
        var slopes = field.Slopes(
            Array.ConvertAll(active, path => path.Image),
            Array.ConvertAll(active, path => path.Time + (s_nodes[stage] * path.Step)),
            points);
        for (var i = 0; i < active.Length; i++)
        {
            active[i].Slopes[stage] = slopes[i];
        }
    }

    /// <summary>Where one image is.</summary>
    private sealed class Path(int image, double[] state, double time, double step)
    {
        private double[] _candidate = state;
        private bool _last;
        private bool _rejected;

        public int Image => image;

        public double[] State { get; private set; } = state;

        public double Time { get; private set; } = time;

        public double Step { get; private set; } = step;

        public double[][] Slopes { get; } = new double[s_stages.Length][];

        /// <summary>Ends the step at the end of the way if it would reach beyond.</summary>
        public void Trim(double to)
        {
            _last = Math.Abs(Step) >= Math.Abs(to - Time);
            Step = _last ? to - Time : Step;
        }

        /// <summary>The point at which a stage is evaluated; that of the last stage is the result of order 5.</summary>
        public double[] PointOf(int stage)
        {
            var point = (double[])State.Clone();
            for (var s = 0; s < stage; s++)
            {
                var (factor, slope) = (Step * s_stages[stage][s], Slopes[s]);
                for (var j = 0; j < point.Length; j++)
                {
                    point[j] += factor * slope[j];
                }
            }

            return _candidate = point;
        }

        /// <summary>Root mean square of the error over the tolerance: the larger of the image's and the integral's; 1 is just right.</summary>
        public double Error(int coordinates, ProbabilityFlowOptions options) =>
            Math.Max(Rms(0, coordinates, options), Rms(coordinates, State.Length, options));

        /// <summary>Takes the step if the error allows it, and chooses the next.</summary>
        public void Finish(double error, double to)
        {
            var wanted = error > 0 ? Safety * Math.Pow(error, -1.0 / (LowerOrder + 1)) : MaxFactor;
            if (error <= 1)
            {
                Time = _last ? to : Time + Step;
                State = _candidate;
                Slopes[0] = Slopes[^1];
                Step *= Math.Clamp(wanted, MinFactor, _rejected ? 1 : MaxFactor);
                _rejected = false;
            }
            else
            {
                Step *= double.IsFinite(error) ? Math.Clamp(wanted, MinFactor, 1) : MinFactor;
                _rejected = true;
            }
        }

        private double Rms(int start, int end, ProbabilityFlowOptions options)
        {
            if (start == end)
            {
                return 0;
            }

            double sum = 0;
            for (var j = start; j < end; j++)
            {
                double error = 0;
                for (var s = 0; s < s_error.Length; s++)
                {
                    error += s_error[s] * Slopes[s][j];
                }

                var tolerance = options.Atol + (options.Rtol * Math.Max(Math.Abs(State[j]), Math.Abs(_candidate[j])));
                error *= Step / tolerance;
                sum += error * error;
            }

            return Math.Sqrt(sum / (end - start));
        }
    }
}
