using DiffuSharp.Data;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>
/// A picture of how images come about: for each of the first seeds a row with the predicted clean image at some rows of the sampler, and the
/// sample (progressive generation, Ho et al. 2020, section 4.3, Figure 6).
/// </summary>
/// <param name="path">File to write.</param>
/// <param name="sampler">The sampler that runs.</param>
internal sealed class PredictionPicture(string path, SamplerTableau sampler)
{
    private const int MostImages = 16;
    private const int MostPredictions = 10;

    private readonly List<Image[]> _columns = [];
    private readonly List<Image> _shown = [];
    private readonly HashSet<int> _rows = Rows(sampler.Nfe);

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Looks at a row of a batch; batches come one after the other.</summary>
    public void Observe(SamplerStep step)
    {
        var missing = MostImages - (_shown.Count / (_rows.Count + 1));
        if (missing == 0 || (step.Denoised is not null && !_rows.Contains(step.Row)))
        {
            return;
        }

        var seen = step.Denoised ?? step.State;
        _columns.Add(TensorImages.Of(seen.narrow(0, 0, Math.Min(missing, seen.size(0)))));
        if (step.Denoised is null)
        {
            _shown.AddRange(Enumerable.Range(0, _columns[0].Length).SelectMany(i => _columns.Select(column => column[i])));
            _columns.Clear();
        }
    }

    /// <summary>Writes the picture.</summary>
    public void Write() => ImageFile.Write(path, ImageGrid.Compose(_shown, columns: _rows.Count + 1, padding: 2));

    // The first row, the last that is evaluated, and equally many between neighbours.
    private static HashSet<int> Rows(int evaluations)
    {
        var count = Math.Min(evaluations, MostPredictions);
        return count == 1 ? [0] : [.. Enumerable.Range(0, count).Select(k => (int)Math.Round(k * (evaluations - 1.0) / (count - 1)))];
    }
}
