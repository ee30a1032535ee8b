using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiffuSharp.Sampling;

/// <summary>Writes the text of a <see cref="SamplerFile"/>, one row per line.</summary>
internal static class SamplerFileWriter
{
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(SamplerFile file, Stream stream)
    {
        (var tableau, var metadata) = file;
        using (var head = new Utf8JsonWriter(stream, s_compact with { Indented = true, NewLine = "\n" }))
        {
            head.WriteStartObject();
            head.WriteString("format", SamplerFile.Format);
            head.WriteNumber("version", SamplerFile.Version);
            head.WriteString("solver", metadata.Solver);
            head.WriteString("source", metadata.Source);
            head.WriteStartObject("options");
            foreach ((var name, var value) in metadata.Options)
            {
                head.WriteString(name, value);
            }

            head.WriteEndObject();
            head.WriteNumber("nfe", tableau.Nfe);
            head.WriteStartArray("rows");
            foreach (var row in tableau.Rows)
            {
                head.WriteRawValue(Line(row));
            }

            head.WriteEndArray();
            head.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    // The indenting writer leaves raw values where they are: each brings its own line break.
    private static byte[] Line(SamplerRow row)
    {
        using var buffer = new MemoryStream();
        buffer.Write("\n    "u8);
        using (var line = new Utf8JsonWriter(buffer, s_compact))
        {
            line.WriteStartObject();
            line.WriteNumber("sigma", row.Sigma);
            if (row.Prior != 0)
            {
                line.WriteNumber("prior", row.Prior);
            }

            if (row.Noise != 0)
            {
                line.WriteNumber("noise", row.Noise);
            }

            if (row.NoiseFloor is { } floor)
            {
                line.WriteNumber("noise_floor", floor);
            }

            WriteTerms(line, "x", row.States);
            WriteTerms(line, "D", row.Denoised);
            line.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteTerms(Utf8JsonWriter line, string name, IReadOnlyList<Term> terms)
    {
        if (terms.Count == 0)
        {
            return;
        }

        line.WriteStartObject(name);
        foreach ((var j, var coefficient) in terms)
        {
            line.WriteNumber(j.ToString(CultureInfo.InvariantCulture), coefficient);
        }

        line.WriteEndObject();
    }
}
