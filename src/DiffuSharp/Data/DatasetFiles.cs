using System.Text.RegularExpressions;

namespace DiffuSharp.Data;

/// <summary>
/// The one rule for what is in a data set, whatever holds it: image files, and <c>dataset.json</c> at the top. What a system or this program puts beside
/// images is none of them, and neither are formats that are not read; all of it is counted. One folder around everything, as archives have it, does not count.
/// </summary>
internal sealed partial class DatasetFiles
{
    private const string Hidden = "hidden or of the system";
    private const string Circle = "links that lead back to a folder above them";
    private const string OtherFormat = "image formats that are not read";
    private const string NoImage = "no images";
    private const string OtherLabels = "labels are read from dataset.json at the top only";
    private const string Ours = "overviews and records of this program";

    /// <summary>What <c>sample</c> and <c>search</c> write beside their images.</summary>
    private const string Record = "samples.json";

    private static readonly string[] s_records = [Record, "search.json", "training_options.json"];

    private static readonly HashSet<string> s_system = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found",
    };

    private static readonly HashSet<string> s_otherFormats = new(StringComparer.OrdinalIgnoreCase)
    {
        ".avif", ".heic", ".heif", ".jxl", ".svg", ".ico", ".tga", ".psd", ".xcf", ".exr", ".hdr", ".dng", ".cr2", ".nef", ".arw", ".eps", ".pdf", ".apng", ".pbm",
        ".pnm", ".qoi", ".dds", ".pcx",
    };

    private readonly IFileSource _source;
    private readonly Dictionary<string, string> _inner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _leftOut = new(StringComparer.Ordinal);

    public DatasetFiles(IFileSource source)
    {
        _source = source;
        string[] visible = [.. source.Names.Where(name => !LeaveOutIf(name.Split('/').Any(IsSystem), Hidden, name))];
        var pictures = new OwnPictures(visible);
        string[] wanted = [.. visible.Where(name => !LeaveOutIf(pictures.Contains(name), Ours, name) && IsWanted(name))];
        var outer = Outer(wanted, source is ZipFileSource ? System.IO.Path.GetFileNameWithoutExtension(source.Path) : null);
        foreach (var name in wanted)
        {
            if (name.Length > outer.Length && !LeaveOutIf(IsLabels(name) && name.Length > outer.Length + DatasetJson.FileName.Length, OtherLabels, name))
            {
                _inner[name[outer.Length..]] = name;
            }
        }

        HasLabels = _inner.ContainsKey(DatasetJson.FileName);
        Images = [.. _inner.Keys.Where(name => name != DatasetJson.FileName)];
        foreach (var name in source.Circles)
        {
            LeaveOutIf(condition: true, Circle, name);
        }
    }

    /// <summary>Names of the images, in ordinal order.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>Whether there is a <c>dataset.json</c> at the top.</summary>
    public bool HasLabels { get; }

    /// <summary>Everything else, by reason.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut => [.. _leftOut.Select(group => new LeftOutFiles(group.Key, group.Value))];

    /// <summary>Reads one file whole.</summary>
    public byte[] Read(string name) => _source.Read(_inner[name]);

    private static bool IsSystem(string part) => part.StartsWith('.') || s_system.Contains(part);

    private static bool IsLabels(string name) => name == DatasetJson.FileName || name.EndsWith($"/{DatasetJson.FileName}", StringComparison.Ordinal);

    private bool IsWanted(string name)
    {
        if (ImageFile.HasImageExtension(name) || IsLabels(name))
        {
            return true;
        }

        LeaveOutIf(condition: true, s_otherFormats.Contains(System.IO.Path.GetExtension(name)) ? OtherFormat : NoImage, name);
        return false;
    }

    private bool LeaveOutIf(bool condition, string reason, string name)
    {
        if (condition)
        {
            if (!_leftOut.TryGetValue(reason, out var names))
            {
                _leftOut[reason] = names = [];
            }

            names.Add(name);
        }

        return condition;
    }

    // A folder with everything in it is a wrapping, not a class, where labels or further folders are in it, or an archive bears its name.
    private static string Outer(string[] names, string? archive)
    {
        var outer = "";
        while (names.Length > 0 && names[0].IndexOf('/', outer.Length) is > 0 and var end)
        {
            var folder = names[0][..(end + 1)];
            if (!Array.TrueForAll(names, name => name.StartsWith(folder, StringComparison.Ordinal)))
            {
                break;
            }

            var isDeep = Array.Exists(names, name => name.IndexOf('/', folder.Length) > 0);
            var isNamed = folder[outer.Length..^1] == archive;
            if (!names.Contains($"{folder}{DatasetJson.FileName}", StringComparer.Ordinal) && !(archive is not null && (isDeep || isNamed)))
            {
                break;
            }

            outer = folder;
        }

        return outer;
    }

    /// <summary>The pictures that this program writes beside images, and its records.</summary>
    private sealed partial class OwnPictures
    {
        private readonly HashSet<string> _recorded;
        private readonly HashSet<string> _written;

        public OwnPictures(string[] names)
        {
            _recorded = [.. names.Where(name => FileName(name) == Record).Select(Folder)];
            _written = [.. names.Where(name => s_records.Contains(FileName(name), StringComparer.Ordinal)).Select(Folder)];
            foreach (var name in names.Where(name => Sample().IsMatch(FileName(name))))
            {
                _written.Add(Folder(name));
                _written.Add(Folder(Folder(name).TrimEnd('/')));
            }
        }

        public bool Contains(string name)
        {
            if (!ImageFile.HasImageExtension(name))
            {
                return s_records.Contains(FileName(name), StringComparer.Ordinal);
            }

            // Where it is recorded what was sampled, nothing else is data; elsewhere the names of the pictures tell.
            for (var folder = Folder(name); _recorded.Count > 0; folder = Folder(folder.TrimEnd('/')))
            {
                if (_recorded.Contains(folder))
                {
                    return !SamplePath().IsMatch(name[folder.Length..]);
                }

                if (folder.Length == 0)
                {
                    break;
                }
            }

            return Picture().IsMatch(FileName(name)) && _written.Contains(Folder(name));
        }

        private static string Folder(string name) => name[..(name.LastIndexOf('/') + 1)];

        private static string FileName(string name) => name[(name.LastIndexOf('/') + 1)..];

        [GeneratedRegex(@"^[0-9]{6,}\.png$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Sample();

        [GeneratedRegex(@"^([0-9]{6,}/)?[0-9]{6,}\.png$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
        private static partial Regex SamplePath();

        [GeneratedRegex(
            @"^(grid\.png|before-after\.png|improvements\.png|predictions\.png|fakes-[0-9]{6,}\.(png|pgm|ppm))$",
            RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Picture();
    }
}
