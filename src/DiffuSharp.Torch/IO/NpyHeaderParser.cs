using System.Text;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// Parses the Python dictionary of an npy header. Only what NumPy writes for plain arrays is a sentence of this grammar:
/// exactly the keys descr (a string), fortran_order (True or False) and shape (a tuple of integers), in any order.
/// </summary>
internal ref struct NpyHeaderParser
{
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _text;
    private int _position;

    private NpyHeaderParser(string path, ReadOnlySpan<byte> text)
    {
        _path = path;
        _text = text;
    }

    /// <summary>Parses a dictionary.</summary>
    /// <exception cref="InvalidDataException">It is none of a plain array.</exception>
    public static NpyHeader Parse(string path, ReadOnlySpan<byte> text) => new NpyHeaderParser(path, text).ParseDictionary();

    private NpyHeader ParseDictionary()
    {
        string? descr = null;
        bool? fortranOrder = null;
        long[]? shape = null;
        Expect('{');
        while (!Accept('}'))
        {
            var key = ParseString();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    descr = ParseString();
                    break;
                case "fortran_order" when fortranOrder is null:
                    fortranOrder = ParseBoolean();
                    break;
                case "shape" when shape is null:
                    shape = ParseTuple();
                    break;
                default:
                    throw Error($"has the unknown or repeated key {InvalidFile.Quote(key)}");
            }

            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpace();
        return _position == _text.Length && descr is not null && fortranOrder is { } order && shape is not null
            ? new NpyHeader(descr, order, shape)
            : throw Error("is not exactly one dictionary with descr, fortran_order and shape");
    }

    private string ParseString()
    {
        SkipSpace();
        if (_position == _text.Length || _text[_position] is not ((byte)'\'' or (byte)'"'))
        {
            throw Error($"needs a string at byte {_position} (arrays with fields cannot be read)");
        }

        var quote = _text[_position++];
        var length = _text[_position..].IndexOf(quote);
        if (length < 0 || _text.Slice(_position, length).ContainsAnyExceptInRange((byte)' ', (byte)'~')
            || _text.Slice(_position, length).Contains((byte)'\\'))
        {
            throw Error($"has a broken string at byte {_position}");
        }

        var value = Encoding.ASCII.GetString(_text.Slice(_position, length));
        _position += length + 1;
        return value;
    }

    private bool ParseBoolean()
    {
        SkipSpace();
        var value = _text[_position..].StartsWith("True"u8);
        if (!value && !_text[_position..].StartsWith("False"u8))
        {
            throw Error($"needs True or False at byte {_position}");
        }

        _position += value ? 4 : 5;
        return value;
    }

    private long[] ParseTuple()
    {
        Span<long> values = stackalloc long[ShapeSize.MaximumRank];
        var count = 0;
        var comma = false;
        Expect('(');
        while (!Accept(')'))
        {
            if (count == values.Length || (count > 0 && !comma))
            {
                throw Error($"has a broken shape at byte {_position}");
            }

            values[count++] = ParseInteger();
            comma = Accept(',');
        }

        return count == 1 && !comma ? throw Error("has a shape that is no tuple") : values[..count].ToArray();
    }

    private long ParseInteger()
    {
        SkipSpace();
        var length = _text[_position..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (length <= 0 || (length > 1 && _text[_position] == (byte)'0')
            || !long.TryParse(_text.Slice(_position, length), out var value))
        {
            throw Error($"needs a size at byte {_position}");
        }

        _position += length;
        if (_position < _text.Length && _text[_position] == (byte)'L')
        {
            _position++; // Python 2 wrote long integers so.
        }

        return value;
    }

    private void Expect(char symbol)
    {
        if (!Accept(symbol))
        {
            throw Error($"needs '{symbol}' at byte {_position}");
        }
    }

    private bool Accept(char symbol)
    {
        SkipSpace();
        var found = _position < _text.Length && _text[_position] == symbol;
        _position += found ? 1 : 0;
        return found;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r')
        {
            _position++;
        }
    }

    private readonly InvalidDataException Error(string what) =>
        InvalidFile.Error(_path, $"the npy header {what}", "save one plain array with numpy.save");
}
