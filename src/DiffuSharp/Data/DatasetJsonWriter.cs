using System.Text.Json;

namespace DiffuSharp.Data;

/// <summary>Writes EDM's <c>dataset.json</c> (see <see cref="DatasetJson"/>).</summary>
internal static class DatasetJsonWriter
{
    /// <summary>Writes labels of the given files; null where there are none.</summary>
    /// <param name="stream">Receives UTF-8 JSON.</param>
    /// <param name="files">File names as in the data set.</param>
    /// <param name="labels">Labels, or null.</param>
    /// <param name="indices">For each file, its index among the labels.</param>
    public static void Write(Stream stream, IReadOnlyList<string> files, DatasetLabels? labels, IReadOnlyList<int> indices)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        if (labels is null)
        {
            writer.WriteNull("labels");
        }
        else
        {
            WriteLabels(writer, files, labels, indices);
        }

        writer.WriteEndObject();
    }

    private static void WriteLabels(
        Utf8JsonWriter writer, IReadOnlyList<string> files, DatasetLabels labels, IReadOnlyList<int> indices)
    {
        var vector = new float[labels.Count];
        writer.WriteStartArray("labels");
        for (var i = 0; i < files.Count; i++)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(files[i]);
            if (labels.Class(indices[i]) is { } number)
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                labels.Read(indices[i], vector);
                writer.WriteStartArray();
                foreach (var value in vector)
                {
                    writer.WriteNumberValue(value);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        if (labels.Names is { } names)
        {
            writer.WriteStartArray("label_names");
            foreach (var name in names)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }
    }
}
