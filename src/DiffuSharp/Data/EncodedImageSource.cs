using System.Globalization;
using System.Text.RegularExpressions;

namespace DiffuSharp.Data;

/// <summary>
/// Image files in a folder or zip file. Labels come from <c>dataset.json</c> where there is one; else from the top-level
/// folders (sorted names are the classes) when every image lies in one and the folders are not mere numbering
/// (<c>00000/img00000000.png</c> of EDM's data sets, <c>000000/000000.png</c> of its samples). Beside samples named by seed,
/// <c>grid.png</c> is their overview and no image of the set.
/// </summary>
internal sealed partial class EncodedImageSource : IImageSource
{
    private const string Overview = "grid.png";

    private readonly IFileSource _files;
    private readonly List<string> _names;
    private readonly List<DatasetProblem> _problems = [];

    public EncodedImageSource(IFileSource files)
    {
        _files = files;
        _names = [.. files.Names.Where(ImageFile.HasImageExtension)];
        if (_names.Count == 0)
        {
            throw new InvalidDataException($"{Path}: holds no images; expected PNG, JPEG, WebP, GIF, BMP, PGM or PPM files");
        }

        if (_names.Count > 1 && _names.TrueForAll(n => n == Overview || Sample().IsMatch(n)) && _names.Remove(Overview))
        {
            _problems.Add(new DatasetProblem(Overview, "is the overview that 'sample' writes; left out"));
        }

        Labels = files.Names.Contains(DatasetJson.FileName, StringComparer.Ordinal) ? FromJson() : FromFolders();
    }

    public string Path => _files.Path;

    public string Name => System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(Path));

    public int Count => _names.Count;

    public DatasetLabels? Labels { get; }

    public string? LabelFault { get; private set; }

    public IReadOnlyList<DatasetProblem> Problems => _problems;

    public RawImage Read(int index) =>
        ImageCodecs.Decode(_files.Read(_names[index]), $"{Path}{(_files is ZipFileSource ? ':' : '/')}{_names[index]}");

    public string FileName(int index) => _names[index];

    public void Dispose() => _files.Dispose();

    private DatasetLabels? FromJson()
    {
        var json = DatasetJson.Parse(_files.Read(DatasetJson.FileName), $"{Path}: {DatasetJson.FileName}");
        if (json.Files.Count == 0)
        {
            return null;
        }

        var present = new HashSet<string>(_names, StringComparer.Ordinal);
        _problems.AddRange(json.Files.Where(f => !present.Contains(f)).Select(f => new DatasetProblem(f, "has a label but no file")));
        var labelled = new HashSet<string>(json.Files, StringComparer.Ordinal);
        var missing = _names.FindAll(n => !labelled.Contains(n));
        if (missing.Count > 0)
        {
            _problems.AddRange(missing.Select(n => new DatasetProblem(n, "has no label in dataset.json")));
            LabelFault = $"{Path}: {missing.Count} of {_names.Count} images, such as {missing[0]}, have no label in dataset.json; "
                + "label them all or ignore labels";
            return null;
        }

        return json.Classes is { } classes
            ? new DatasetLabels([.. _names.Select(n => classes[n])], json.Names)
            : new DatasetLabels([.. _names.Select(n => json.Vectors![n])]);
    }

    private DatasetLabels? FromFolders()
    {
        if (_names.Exists(n => !n.Contains('/', StringComparison.Ordinal)) || _names.TrueForAll(n => Numbering().IsMatch(n)))
        {
            return null;
        }

        string[] folders = [.. InOrder(_names.Select(TopFolder).Distinct(StringComparer.Ordinal))];
        var position = folders.Index().ToDictionary(folder => folder.Item, folder => folder.Index, StringComparer.Ordinal);
        return folders.Length > DatasetLabels.MaximumCount
            ? null
            : new DatasetLabels([.. _names.Select(n => position[TopFolder(n)])], folders);
    }

    private static string TopFolder(string name) => name[..name.IndexOf('/', StringComparison.Ordinal)];

    [GeneratedRegex(
        @"^([0-9]{5}/img[0-9]{8}|[0-9]{6}/[0-9]{6})\.", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbering();

    [GeneratedRegex(@"^([0-9]{6,}/)?[0-9]{6,}\.png$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sample();

    // Folders that are all numbers are in the order of these.
    private static IEnumerable<string> InOrder(IEnumerable<string> folders)
    {
        string[] ordered = [.. folders.Order(StringComparer.Ordinal)];
        return Array.TrueForAll(ordered, folder => ulong.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? ordered.OrderBy(folder => ulong.Parse(folder, CultureInfo.InvariantCulture))
            : ordered;
    }
}
