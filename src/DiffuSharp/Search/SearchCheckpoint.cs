using System.Globalization;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Search;

/// <summary>
/// The units of a search as small files in a folder, each whole or not there: scores, costs and the pixels of improvements. Noise is not kept, it is a function of
/// the seeds.
/// </summary>
public sealed class SearchCheckpoint : ISearchJournal
{
    private const string Identity = "search.txt";
    private const int Columns = 4;

    private readonly string _folder;
    private readonly string _identity;
    private bool _begun;

    /// <summary>Opens the folder if it is there; it is made with the first unit.</summary>
    /// <param name="folder">The folder; nothing else may be in it.</param>
    /// <param name="identity">Everything that decides what the search does; a folder of another search is refused.</param>
    /// <exception cref="InvalidInputException">The folder holds another search.</exception>
    public SearchCheckpoint(string folder, string identity)
    {
        (_folder, _identity) = (folder, identity);
        var path = Path.Combine(folder, Identity);
        if (HasUnits() && !(File.Exists(path) && File.ReadAllText(path) == identity))
        {
            throw new InvalidInputException($"{folder}: holds an unfinished search with other options; give its options again, or remove the folder");
        }
    }

    /// <summary>Units that are there, counted from the first.</summary>
    public int Count => Enumerable.Range(0, int.MaxValue).First(number => !File.Exists(PathOf(number)));

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public SearchUnit? Read(int number)
    {
        var path = PathOf(number);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = NpzFile.Open(path);
        var whole = file.ReadArray("counts").AsSpan<long>();
        var scores = file.ReadArray("scores").AsSpan<double>();
        var times = file.ReadArray("cost").AsSpan<double>();
        var pixels = file.ReadArray("pixels");
        var lines = file.ReadArray("lines");
        if (whole.Length != Columns * scores.Length || times.Length != 5)
        {
            throw new InvalidDataException($"{path}: damaged; remove the folder and search again");
        }

        var (size, length) = ((int)pixels.Shape[1], (int)lines.Shape[1]);
        var outcomes = new Outcome[scores.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var row = whole.Slice(i * Columns, Columns);
            outcomes[i] = new Outcome((int)row[0], scores[i], row[1], (int)row[2])
            {
                Pixels = row[3] < 0 ? null : pixels.Data.AsSpan((int)row[3] * size, size).ToArray(),
                Line = length == 0 ? null : [.. lines.AsSpan<long>().Slice(i * length, length).ToArray().Select(key => (ulong)key)],
            };
        }

        return new SearchUnit(outcomes, new SearchCost((long)times[0], (long)times[1], (long)times[2], times[3], times[4]));
    }

    /// <inheritdoc/>
    public void Write(int number, SearchUnit unit)
    {
        Begin();
        var outcomes = unit.Outcomes;
        var kept = outcomes.Where(outcome => outcome.Pixels is not null).Select(outcome => outcome.Pixels!).ToArray();
        var at = 0;
        long[] whole = [.. outcomes.SelectMany(o => new long[] { o.Image, o.Nfe, o.Calls, o.Pixels is null ? -1 : at++ })];
        long[] lines = [.. outcomes.SelectMany(o => o.Line ?? []).Select(key => (long)key)];
        var size = kept.Length == 0 ? 0 : kept[0].Length;
        var cost = unit.Cost;
        NpzFile.Write(PathOf(number),
        [
            ("counts", NpyArray.Create<long>(whole, outcomes.Count, Columns)),
            ("scores", NpyArray.Create<double>([.. outcomes.Select(o => o.Score)], outcomes.Count)),
            ("pixels", NpyArray.Create<byte>([.. kept.SelectMany(pixels => pixels)], kept.Length, size)),
            ("lines", NpyArray.Create<long>(lines, outcomes.Count, outcomes.Count == 0 ? 0 : lines.Length / outcomes.Count)),
            ("cost", NpyArray.Create<double>([cost.Nfe, cost.Evaluations, cost.VerifierCalls, cost.Seconds, cost.VerifierSeconds], 5)),
        ]);
    }

    /// <summary>Removes the folder, at once: the search is done, or was never begun.</summary>
    public void Remove() => AtomicFolder.Remove(_folder);

    // A unit is never there without the identity.
    private void Begin()
    {
        if (!_begun)
        {
            AtomicFile.Write(Path.Combine(_folder, Identity), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(_identity)));
            _begun = true;
        }
    }

    // Of any number: a folder from which some were removed is no folder without units.
    private bool HasUnits() => Directory.Exists(_folder) && Directory.EnumerateFiles(_folder, "unit-*.npz").Any();

    private string PathOf(int number) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"unit-{number:D6}.npz"));
}
