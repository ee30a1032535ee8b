namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// An arithmetic coder in integers (range coding after Martin 1979): 32 bits of range, carries resolved by counting the bytes they run through.
/// </summary>
internal sealed class RangeEncoder : ISymbolCoder
{
    private const int RunOfOnes = 0xFF;
    private readonly List<byte> _bytes = [];
    private ulong _low;
    private uint _range = uint.MaxValue;
    private byte _pending;
    private long _pendingCount;

    /// <inheritdoc/>
    public int Code(int symbol, ICumulativeTable table)
    {
        var step = _range / (uint)table.Total;
        var start = table.Cumulative(symbol);
        _low += (ulong)start * step;
        _range = (uint)(table.Cumulative(symbol + 1) - start) * step;
        while (_range < RangeDecoder.SmallestRange)
        {
            _range <<= 8;
            ShiftLow();
        }

        return symbol;
    }

    /// <summary>Ends the code: the fewest bytes that name a number in the last range (the decoder reads zeros after the end).</summary>
    public byte[] Finish()
    {
        _low = (_low + RangeDecoder.SmallestRange - 1) & ~((ulong)RangeDecoder.SmallestRange - 1);
        for (var i = 0; i < 5; i++)
        {
            ShiftLow();
        }

        // The first byte is the carry's place and always 0.
        var length = _bytes.FindLastIndex(b => b != 0) + 1;
        return length < 2 ? [] : [.. _bytes[1..length]];
    }

    // The byte held back waits for a carry; so do the bytes 255 after it, which a carry turns into zeros.
    private void ShiftLow()
    {
        var carry = _low >> 32;
        var top = (byte)(_low >> 24);
        if (top != RunOfOnes || carry != 0)
        {
            _bytes.Add((byte)(_pending + carry));
            for (; _pendingCount > 0; _pendingCount--)
            {
                _bytes.Add((byte)(RunOfOnes + carry));
            }

            _pending = top;
        }
        else
        {
            _pendingCount++;
        }

        _low = (_low << 8) & uint.MaxValue;
    }
}
