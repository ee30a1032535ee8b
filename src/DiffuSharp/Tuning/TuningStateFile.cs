using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tuning;

/// <summary>
/// A tuning state as one <c>.safetensors</c> file: parameters under <c>family.</c>, the best ones under <c>best.</c>, Adam's moments under
/// <c>optimizer.</c>; counters, history and a description of the run in the metadata.
/// </summary>
internal static class TuningStateFile
{
    private const string FormatKey = "diffusharp.tuning_state";
    private const string FormatVersion = "1";
    private const string RunKey = "run";
    private const string IterationKey = "iteration";
    private const string BestKey = "best_iteration";
    private const string HistoryKey = "history";
    private const string FamilyPrefix = "family.";
    private const string BestPrefix = "best.";
    private const string OptimizerPrefix = "optimizer.";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the state atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">The state.</param>
    /// <param name="run">What must be the same for the run to go on.</param>
    public static void Save(string path, TuningState state, string run) => SafetensorsWriter.Write(
        path,
        [
            .. state.Family.named_parameters().Select(p => p.Value.ToSafetensors(FamilyPrefix + p.Name)),
            .. state.Best.Select(p => p.Value.ToSafetensors(BestPrefix + p.Name)),
            .. state.Adam.state_dict().Select(p => p.Value.ToSafetensors(OptimizerPrefix + p.Name)),
        ],
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = FormatVersion,
            [RunKey] = run,
            [IterationKey] = state.Iteration.ToString(CultureInfo.InvariantCulture),
            [BestKey] = state.BestIteration.ToString(CultureInfo.InvariantCulture),
            [HistoryKey] = JsonSerializer.Serialize(state.History, s_json),
        });

    /// <summary>Makes a run go on.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidInputException">The state is of a run with other options.</exception>
    /// <exception cref="InvalidDataException">The file is no tuning state; one line.</exception>
    public static void Load(string path, TuningState state, string run)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != FormatVersion)
        {
            throw new InvalidDataException($"{path}: is no tuning state that this program can read; start the run anew");
        }

        if (file.Metadata.GetValueOrDefault(RunKey) is var saved && saved != run)
        {
            throw new InvalidInputException($"{path}: belongs to a run with other options ({saved}); give the same options or start a run of its own");
        }

        try
        {
            state.Iteration = int.Parse(file.Metadata[IterationKey], NumberStyles.None, CultureInfo.InvariantCulture);
            state.BestIteration = int.Parse(file.Metadata[BestKey], NumberStyles.None, CultureInfo.InvariantCulture);
            state.History.Clear();
            state.History.AddRange(JsonSerializer.Deserialize<TuningPoint[]>(file.Metadata[HistoryKey], s_json)!);
            Copy(file, FamilyPrefix, state.Family.named_parameters().Select(p => (p.Name, (Tensor)p.Value)));
            Copy(file, BestPrefix, state.Best);
            state.Adam.load_state_dict(file.ReadTensors(OptimizerPrefix), state.Iteration);
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or JsonException or TorchException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: {error.Message.ReplaceLineEndings(" ")}; start the run anew", error);
        }
    }

    private static void Copy(SafetensorsFile file, string prefix, IEnumerable<(string Name, Tensor Value)> into)
    {
        foreach (var (name, tensor) in into)
        {
            tensor.copy_(file.ReadTensor(prefix + name));
        }
    }
}
