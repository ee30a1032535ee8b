using System.Buffers.Binary;
using System.Text;

namespace DiffuSharp.Torch.IO.Pickle;

/// <summary>
/// The stack machine of Python's pickle format (protocols 0 to 5) with only the opcodes that plain data needs. Calls go to
/// <see cref="TorchObjects"/>, which knows a handful of names and refuses all others; no code is loaded or run. Memory is
/// bounded by the length of the program and by the number of objects that it makes.
/// </summary>
/// <param name="path">File, for messages.</param>
/// <param name="program">The pickle.</param>
internal sealed class PickleMachine(string path, byte[] program)
{
    private const int LargestProtocol = 5;
    private const int MostObjects = 1 << 21;  // a tensor takes about twenty
    private readonly TorchObjects _objects = new(path);
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;
    private int _pushed;

    /// <summary>
    /// The object: null, bool, long, double, string, <c>List</c>, <c>object?[]</c> (tuple), <c>OrderedDictionary</c> or
    /// <see cref="TorchTensorEntry"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The program is damaged or does more than build plain data.</exception>
    public object? Run()
    {
        while (true)
        {
            var opcode = Take(1)[0];
            if (opcode == '.')
            {
                return Pop();
            }

            if (!Constant(opcode) && !Container(opcode) && !Reference(opcode))
            {
                throw Error($"uses the pickle opcode 0x{opcode:x2} at byte {_position - 1}, which plain data does not need");
            }
        }
    }

    private bool Constant(byte opcode)
    {
        switch (opcode)
        {
            case 0x80 when Take(1)[0] <= LargestProtocol:
                return true;
            case 0x95:
                Take(sizeof(long));  // FRAME: a length for readers of streams
                return true;
            case (byte)'N':
                return Push(null);
            case 0x88 or 0x89:
                return Push(opcode == 0x88);
            case (byte)'J':
                return Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int))));
            case (byte)'K':
                return Push((long)Take(1)[0]);
            case (byte)'M':
                return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort))));
            case 0x8a:
                return Push(Long(Take(1)[0]));
            case (byte)'G':
                return Push(BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double))));
            case (byte)'X':
                return Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)))));
            case 0x8c or (byte)'U':
                return Push(Text(Take(1)[0]));
            case (byte)'T':
                return Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)))));
            default:
                return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(':
                _marks.Push(_stack.Count);
                return true;
            case (byte)']':
                return Push(new List<object?>());
            case (byte)'}':
                return Push(new OrderedDictionary<object, object?>());
            case (byte)')':
                return Push(Array.Empty<object?>());
            case (byte)'t':
                return Push(PopToMark());
            case 0x85 or 0x86 or 0x87:
                return Push(PopMany(opcode - 0x84));
            case (byte)'l':
                return Push(PopToMark().ToList());
            case (byte)'a':
                Append([Pop()]);
                return true;
            case (byte)'e':
                Append(PopToMark());
                return true;
            case (byte)'s':
                SetItems(PopMany(2));
                return true;
            case (byte)'u':
                SetItems(PopToMark());
                return true;
            case (byte)'d':
                var items = PopToMark();
                Push(new OrderedDictionary<object, object?>());
                SetItems(items);
                return true;
            case (byte)'0':
                Pop();
                return true;
            default:
                return false;
        }
    }

    private bool Reference(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'q':
                return Memorize(Take(1)[0]);
            case (byte)'r':
                return Memorize(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))));
            case 0x94:
                return Memorize(_memo.Count);
            case (byte)'h':
                return Recall(Take(1)[0]);
            case (byte)'j':
                return Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))));
            case (byte)'c':
                return Push(_objects.Global($"{Line()}.{Line()}"));
            case 0x93:
                var parts = PopMany(2);
                return Push(_objects.Global($"{parts[0] as string}.{parts[1] as string}"));
            case (byte)'Q':
                return Push(_objects.Persistent(Pop()));
            case (byte)'R':
                var call = PopMany(2);
                return Push(_objects.Reduce(call[0], call[1]));
            case (byte)'b' when PopMany(2)[0] is OrderedDictionary<object, object?> dictionary:
                return Push(dictionary);  // BUILD: a state dict's version numbers, which nobody needs
            default:
                return false;
        }
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > program.Length - _position)
        {
            throw Error("ends in the middle of its pickle");
        }

        var taken = program.AsSpan(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private string Text(uint length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        var length = program.AsSpan(_position).IndexOf((byte)'\n');
        var line = Text(length < 0 ? uint.MaxValue : (uint)length);
        _position++;
        return line;
    }

    // Little-endian two's complement of any length.
    private long Long(int length)
    {
        var bytes = Take(length);
        if (length > sizeof(long))
        {
            throw Error("holds an integer of more than 64 bits");
        }

        long value = length > 0 && (bytes[^1] & 0x80) != 0 ? -1 : 0;
        for (var i = length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private bool Push(object? value)
    {
        if (++_pushed > MostObjects)
        {
            throw Error($"makes more than {MostObjects} objects");
        }

        _stack.Add(value);
        return true;
    }

    private object? Pop() => PopMany(1)[0];

    private object?[] PopMany(int count)
    {
        var bottom = _marks.Count > 0 ? _marks.Peek() : 0;
        return _stack.Count - bottom >= count ? TakeFrom(_stack.Count - count) : throw Error("takes more from its stack than is there");
    }

    private object?[] PopToMark() => _marks.TryPop(out var mark) ? TakeFrom(mark) : throw Error("has an end of items without a beginning");

    private object?[] TakeFrom(int start)
    {
        object?[] items = [.. _stack[start..]];
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private object? Top => _stack.Count > (_marks.Count > 0 ? _marks.Peek() : 0) ? _stack[^1] : throw Error("names the top of an empty stack");

    private bool Memorize(long key)
    {
        _memo[key] = Top;
        return true;
    }

    private bool Recall(long key) => Push(_memo.TryGetValue(key, out var value) ? value : throw Error($"recalls object {key}, which it never stored"));

    private void Append(object?[] items) =>
        (Top as List<object?> ?? throw Error("appends to something that is no list")).AddRange(items);

    private void SetItems(object?[] items)
    {
        if (Top is not OrderedDictionary<object, object?> dictionary || items.Length % 2 != 0)
        {
            throw Error("sets items of something that is no dictionary");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary[items[i] is string or long ? items[i]! : throw Error("has a dictionary key that is neither text nor integer")] = items[i + 1];
        }
    }

    private InvalidDataException Error(string what) => InvalidFile.Error(path, what, TorchObjects.Advice);
}
