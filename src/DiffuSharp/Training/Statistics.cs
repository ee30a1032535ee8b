namespace DiffuSharp.Training;

/// <summary>Number, mean and standard deviation of values that come in groups.</summary>
internal sealed class Statistics
{
    private double _sum;
    private double _squares;

    /// <summary>Values so far.</summary>
    public long Num { get; private set; }

    /// <summary>Their mean; NaN for none.</summary>
    public double Mean => Num == 0 ? double.NaN : _sum / Num;

    /// <summary>Their standard deviation (N).</summary>
    public double Std => Num == 0 ? double.NaN : Math.Sqrt(Math.Max(0, (_squares / Num) - (Mean * Mean)));

    /// <summary>Adds a group by its number, sum and sum of squares.</summary>
    public void Add(long num, double sum, double squares)
    {
        Num += num;
        _sum += sum;
        _squares += squares;
    }

    /// <summary>Adds one value.</summary>
    public void Add(double value) => Add(1, value, value * value);
}
