using System.Globalization;
using System.Text.Json;
using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary>The images of a smaller budget: a data set that <c>evaluate</c> reads, and an npz for other tools.</summary>
internal static class SearchMilestoneFiles
{
    /// <summary>Writes <c>budget-000070/</c> with <c>dataset.json</c>, and <c>budget-000070.npz</c>.</summary>
    public static void Write(
        string outdir, SearchMilestone milestone, IReadOnlyList<SearchedImage> images, SampleRecord record, IReadOnlyList<string>? names)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"budget-{milestone.Nfe:D6}");
        var folder = Path.Combine(outdir, name);
        GeneratedImage[] made = [.. milestone.Images.Select((image, i) => new GeneratedImage(images[i].Seed, images[i].Class, image.Image))];
        record = record with { Nfe = milestone.Nfe };
        var entries = new List<RecordedImage>();
        var labels = new List<object[]>();
        foreach (var (seed, label, image) in made)
        {
            var file = string.Create(CultureInfo.InvariantCulture, $"{seed:D6}.png");
            var entry = new RecordedImage(file, seed, label, label is { } k ? names?[k] : null);
            record.WriteImage(folder, entry, image);
            entries.Add(entry);
            if (label is { } number)
            {
                labels.Add([file, number]);
            }
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>(StringComparer.Ordinal) 
        {
            ["labels"] = labels.Count > 0 ? labels : null, ["label_names"] = names,
        });
        (record with { Images = entries }).Write(folder);
        AtomicFile.Write(Path.Combine(folder, "dataset.json"), stream => stream.Write(json));
        var archive = new SampleArchive($"{folder}.npz", made.Length, made[0].Image.Shape, names);
        archive.Add(made);
        archive.Write();
    }
}
