namespace DiffuSharp.Tests;

/// <summary>A measurement of time that needs a quiet machine: skipped unless DIFFUSHARP_MEASURE=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeasurementFactAttribute : FactAttribute
{
    public MeasurementFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_MEASURE") != "1")
        {
            Skip = "measures time: set DIFFUSHARP_MEASURE=1 on a quiet machine";
        }
    }
}
