namespace DiffuSharp.Likelihood.Codec;

/// <summary>Codes the classes of <see cref="StepRate"/> as differences from the last class of the same image, which change little.</summary>
internal sealed class ClassCoder
{
    private const int Wait = 0;
    private readonly AdaptiveTable _table;
    private readonly int[] _last;
    private int _lastOfAny = 1;

    /// <summary>Nothing coded yet.</summary>
    public ClassCoder(int images)
    {
        _last = new int[images];
        _table = new AdaptiveTable(Enumerable.Range(0, 2 * StepRate.Classes).Select(s => s == Wait ? 16 : 1 + (32 >> Math.Min(5, Math.Abs(s - StepRate.Classes)))));
    }

    /// <summary>Codes one class.</summary>
    /// <param name="coder">Either end.</param>
    /// <param name="image">Number of the image.</param>
    /// <param name="k">The class (encoder).</param>
    /// <returns>The class.</returns>
    public int Code(ISymbolCoder coder, int image, int k)
    {
        var expected = _last[image] > 0 ? _last[image] : _lastOfAny;
        var symbol = coder.Code(k == 0 ? Wait : k - expected + StepRate.Classes, _table);
        _table.Learn(symbol);
        if (symbol == Wait)
        {
            return 0;
        }

        // A damaged file can name any difference; the check of the state finds it.
        _lastOfAny = Math.Clamp(expected + symbol - StepRate.Classes, 1, StepRate.Classes - 1);
        return _last[image] = _lastOfAny;
    }
}
