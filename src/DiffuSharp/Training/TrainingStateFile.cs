using System.Globalization;
using System.Text.Json;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Training;

/// <summary>
/// A training state as one <c>.safetensors</c> file: weights under <c>network.</c>, their average under <c>ema.</c>, Adam's
/// moments
/// under <c>optimizer.</c>, and the counters in the metadata.
/// </summary>
internal static class TrainingStateFile
{
    private const string FormatKey = "diffusharp.training_state";
    private const string FormatVersion = "1";
    private const string ImagesKey = "images_seen";
    private const string StepsKey = "optimizer_steps";
    private const string ClassesKey = "label_names";
    private const string NetworkPrefix = "network.";
    private const string EmaPrefix = "ema.";
    private const string OptimizerPrefix = "optimizer.";

    /// <summary>Writes the state atomically.</summary>
    public static void Save(string path, TrainingSession session)
    {
        IEnumerable<SafetensorsTensor> tensors =
        [
            .. session.Model.Network.state_dict().Select(entry => entry.Value.ToSafetensors(NetworkPrefix + entry.Name)),
            .. session.Ema.state_dict().Select(entry => entry.Value.ToSafetensors(EmaPrefix + entry.Name)),
            .. session.Adam.state_dict().Select(entry => entry.Value.ToSafetensors(OptimizerPrefix + entry.Name)),
        ];
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = FormatVersion,
            [ImagesKey] = session.ImagesSeen.ToString(CultureInfo.InvariantCulture),
            [StepsKey] = session.Adam.Steps.ToString(CultureInfo.InvariantCulture),
        };
        if (session.LabelNames is { } names)
        {
            metadata[ClassesKey] = JsonSerializer.Serialize(names);
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Names of the classes in the order of the network; null where they have none, or the file is older than these names.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; one line.</exception>
    public static IReadOnlyList<string>? ReadLabelNames(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return LabelNames(file, path);
    }

    /// <summary>Makes a session go on from a saved state.</summary>
    /// <exception cref="InvalidDataException">The file is no training state, or one of another network; one line.</exception>
    public static void Load(string path, TrainingSession session)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != FormatVersion
            || !long.TryParse(file.Metadata.GetValueOrDefault(ImagesKey), NumberStyles.None, CultureInfo.InvariantCulture, out var imagesSeen)
            || !long.TryParse(file.Metadata.GetValueOrDefault(StepsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
        {
            throw new InvalidDataException(
                $"{path}: is no training state that this program can read; name a training-state file that 'train' wrote");
        }

        if (LabelNames(file, path) is { } names && session.LabelNames is { } own && !names.SequenceEqual(own, StringComparer.Ordinal))
        {
            throw new InvalidInputException(
                $"{path}: was trained on the classes {string.Join(", ", names)}, these data have {string.Join(", ", own)}; resume with the same classes");
        }

        try
        {
            Read(file, NetworkPrefix, session.Model.Network.load_state_dict);
            Read(file, EmaPrefix, session.Ema.load_state_dict);
            Read(file, OptimizerPrefix, values => session.Adam.load_state_dict(values, steps));
        }
        catch (Exception error) when (error is InvalidDataException or TorchException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }

        session.ImagesSeen = imagesSeen;
    }

    private static string[]? LabelNames(SafetensorsFile file, string path)
    {
        try
        {
            return file.Metadata.GetValueOrDefault(ClassesKey) is { } text ? JsonSerializer.Deserialize<string[]>(text) : null;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: its {ClassesKey} are no list of names; resume from another state", error);
        }
    }

    private static void Read(SafetensorsFile file, string prefix, Action<IReadOnlyDictionary<string, Tensor>> load)
    {
        using var scope = torch.NewDisposeScope();
        load(file.ReadTensors(prefix));
    }
}
