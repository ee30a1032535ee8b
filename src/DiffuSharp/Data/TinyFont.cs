namespace DiffuSharp.Data;

/// <summary>Capital letters, digits and signs of 3x5 pixels, for the labels of pictures.</summary>
internal static class TinyFont
{
    /// <summary>Columns from one character to the next.</summary>
    public const int Advance = 4;

    /// <summary>Rows of a character.</summary>
    public const int Height = 5;

    private const int Width = 3;

    // Each row is an octal digit, its three bits the pixels from left to right.
    private static readonly Dictionary<char, string> s_glyphs = new()
    {
        ['A'] = "25755", ['B'] = "65656", ['C'] = "34443", ['D'] = "65556", ['E'] = "74647", ['F'] = "74644", ['G'] = "34553", ['H'] = "55755", ['I'] = "72227",
        ['J'] = "11152", ['K'] = "55655", ['L'] = "44447", ['M'] = "57755", ['N'] = "65555", ['O'] = "25552", ['P'] = "65644", ['Q'] = "25563", ['R'] = "65655",
        ['S'] = "34216", ['T'] = "72222", ['U'] = "55557", ['V'] = "55552", ['W'] = "55775", ['X'] = "55255", ['Y'] = "55222", ['Z'] = "71247", ['0'] = "75557",
        ['1'] = "26227", ['2'] = "71747", ['3'] = "71717", ['4'] = "55711", ['5'] = "74717", ['6'] = "74757", ['7'] = "71122", ['8'] = "75757", ['9'] = "75717",
        [' '] = "00000", ['-'] = "00700", ['_'] = "00007", ['.'] = "00002", [','] = "00024", [':'] = "02020", ['/'] = "11244", ['('] = "24442", [')'] = "21112",
        ['+'] = "02720", ['\''] = "22000", ['"'] = "55000", ['!'] = "22202", ['?'] = "71202", ['&'] = "25253", ['#'] = "57575", ['%'] = "51245", ['='] = "07070",
        ['*'] = "05250", ['['] = "64446", [']'] = "31113", ['<'] = "12421", ['>'] = "42124",
    };

    /// <summary>Writes black text on a picture, as far as it reaches; letters become capitals, unknown characters question marks.</summary>
    public static void Write(Image canvas, string text, int top, int left, int scale)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var glyph = s_glyphs.GetValueOrDefault(char.ToUpperInvariant(text[i])) ?? s_glyphs['?'];
            for (var p = 0; p < Height * Width; p++)
            {
                if (((glyph[p / Width] - '0') >> (Width - 1 - (p % Width)) & 1) == 1)
                {
                    Dot(canvas, top + (p / Width * scale), left + (((i * Advance) + (p % Width)) * scale), scale);
                }
            }
        }
    }

    private static void Dot(Image canvas, int top, int left, int size)
    {
        for (var c = 0; c < canvas.Shape.Channels; c++)
        {
            var plane = canvas.Plane(c);
            for (var y = top; y < Math.Min(top + size, canvas.Shape.Height); y++)
            {
                for (var x = left; x < Math.Min(left + size, canvas.Shape.Width); x++)
                {
                    plane[(y * canvas.Shape.Width) + x] = 0;
                }
            }
        }
    }
}
