using System.Globalization;

namespace DiffuSharp.Cli.Output;

/// <summary>Times for people, in units: <c>12.3 s</c>, <c>8 min 48 s</c>, <c>2 h 5 min</c>, <c>1 d 3 h</c>.</summary>
internal static class Duration
{
    public static string Text(double seconds)
    {
        if (seconds < 60)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
        }

        var time = TimeSpan.FromSeconds(Math.Round(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)));
        return time switch
        {
            { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
            { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
            _ => $"{time.Days} d {time.Hours} h",
        };
    }
}
