namespace DiffuSharp.Likelihood.Codec;

/// <summary>Reads what <see cref="RangeEncoder"/> wrote. Any bytes decode to something; checks are the file format's.</summary>
internal sealed class RangeDecoder : ISymbolCoder
{
    /// <summary>The range is kept at or above this.</summary>
    public const uint SmallestRange = 1u << 24;

    private readonly byte[] _bytes;
    private int _next;
    private uint _code;
    private uint _range = uint.MaxValue;

    /// <summary>Begins at the first byte.</summary>
    public RangeDecoder(byte[] bytes)
    {
        _bytes = bytes;
        for (var i = 0; i < sizeof(uint); i++)
        {
            _code = (_code << 8) | Next();
        }
    }

    /// <inheritdoc/>
    public int Code(int symbol, ICumulativeTable table)
    {
        var step = _range / (uint)table.Total;
        var target = (int)Math.Min(_code / step, (uint)table.Total - 1);
        var (low, high) = (0, table.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = table.Cumulative(middle) <= target ? (middle, high) : (low, middle - 1);
        }

        var start = table.Cumulative(low);
        _code -= (uint)start * step;
        _range = (uint)(table.Cumulative(low + 1) - start) * step;
        while (_range < SmallestRange)
        {
            _range <<= 8;
            _code = (_code << 8) | Next();
        }

        return low;
    }

    private byte Next() => _next < _bytes.Length ? _bytes[_next++] : (byte)0;
}
