using DiffuSharp.Data;
using DiffuSharp.Search;

namespace DiffuSharp.Cli.Commands;

/// <summary>Pictures of a search: plain and found images in pairs, and how some images became better.</summary>
internal static class SearchPictures
{
    private const int Pairs = 32;
    private const int PairsInRow = 4;
    private const int Paths = 8;
    private const int Stations = 8;

    /// <summary>Plain and found image side by side, four pairs in a row.</summary>
    public static Image BeforeAfter(IReadOnlyList<SearchedImage> images) => ImageGrid.Compose(
        [.. images.Take(Pairs).SelectMany(image => new[] { image.Plain.Image, image.Final.Image })], PairsInRow * 2, padding: 1);

    /// <summary>One row for each of the first images: the candidates that were the best of their time, the first and the last ones where there are many.</summary>
    public static Image Improvements(IReadOnlyList<SearchedImage> images)
    {
        var shown = images.Take(Paths).Select(image => Thin(image.Improvements)).ToArray();
        var columns = shown.Max(row => row.Count);
        var empty = new Image(images[0].Plain.Image.Shape);
        return ImageGrid.Compose([.. shown.SelectMany(row => row.Concat(Enumerable.Repeat(empty, columns - row.Count)))], columns, padding: 1);
    }

    private static List<Image> Thin(IReadOnlyList<Improvement> improvements)
    {
        var n = Math.Min(Stations, improvements.Count);
        return [.. Enumerable.Range(0, n).Select(k => improvements[n == 1 ? 0 : k * (improvements.Count - 1) / (n - 1)].Image)];
    }
}
