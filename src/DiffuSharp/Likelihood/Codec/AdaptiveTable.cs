namespace DiffuSharp.Likelihood.Codec;

/// <summary>Frequencies that follow what has been coded: both ends learn the same.</summary>
internal sealed class AdaptiveTable : ICumulativeTable
{
    private const int Gain = 24;
    private const int Limit = 1 << 12;
    private readonly int[] _frequencies;
    private readonly int[] _cumulative;

    /// <summary>Begins with given frequencies, each at least 1.</summary>
    public AdaptiveTable(IEnumerable<int> frequencies)
    {
        _frequencies = [.. frequencies];
        _cumulative = new int[_frequencies.Length + 1];
        Sum();
    }

    /// <inheritdoc/>
    public int Count => _frequencies.Length;

    /// <inheritdoc/>
    public int Total => _cumulative[^1];

    /// <inheritdoc/>
    public int Cumulative(int symbol) => _cumulative[symbol];

    /// <summary>Makes a symbol that was just coded more probable.</summary>
    public void Learn(int symbol)
    {
        _frequencies[symbol] += Gain;
        if (Total + Gain > Limit)
        {
            for (var i = 0; i < _frequencies.Length; i++)
            {
                _frequencies[i] = (_frequencies[i] + 1) / 2;
            }
        }

        Sum();
    }

    private void Sum()
    {
        for (var i = 0; i < _frequencies.Length; i++)
        {
            _cumulative[i + 1] = _cumulative[i] + _frequencies[i];
        }
    }
}
