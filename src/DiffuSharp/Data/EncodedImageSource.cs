using System.Globalization;
using System.Text.RegularExpressions;

namespace DiffuSharp.Data;

/// <summary>
/// Image files in a folder or zip file. Labels come from <c>dataset.json</c> where there is one; else from the top-level
/// folders (sorted names are the classes) when every image lies in one and the folders are not mere numbering
/// (<c>00000/img00000000.png</c> of EDM's data sets, <c>000000/000000.png</c> of its samples).
/// </summary>
internal sealed partial class EncodedImageSource : IImageSource
{
    private readonly IFileSource _source;
    private readonly DatasetFiles _files;
    private readonly List<string> _names;
    private readonly List<DatasetProblem> _problems = [];

    public EncodedImageSource(IFileSource files)
    {
        _source = files;
        _files = new DatasetFiles(files);
        _names = [.. _files.Images];
        if (_names.Count == 0)
        {
            var others = string.Concat(_files.LeftOut.Select(left => $"; left out {left}"));
            throw new InvalidDataException($"{Path}: holds no images; expected PNG, JPEG, WebP, GIF, BMP, PGM or PPM files{others}");
        }

        Labels = _files.HasLabels ? FromJson() : FromFolders();
    }

    public string Path => _source.Path;

    public string Name => System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(Path));

    public int Count => _names.Count;

    public DatasetLabels? Labels { get; }

    public string? LabelFault { get; private set; }

    public IReadOnlyList<DatasetProblem> Problems => _problems;

    public IReadOnlyList<LeftOutFiles> LeftOut => _files.LeftOut;

    public RawImage Read(int index) =>
        ImageCodecs.Decode(_files.Read(_names[index]), $"{Path}{(_source is ZipFileSource ? ':' : '/')}{_names[index]}");

    public string FileName(int index) => _names[index];

    public void Dispose() => _source.Dispose();

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

    // Folders that are all numbers are in the order of these.
    private static IEnumerable<string> InOrder(IEnumerable<string> folders)
    {
        string[] ordered = [.. folders.Order(StringComparer.Ordinal)];
        return Array.TrueForAll(ordered, folder => ulong.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? ordered.OrderBy(folder => ulong.Parse(folder, CultureInfo.InvariantCulture))
            : ordered;
    }
}
