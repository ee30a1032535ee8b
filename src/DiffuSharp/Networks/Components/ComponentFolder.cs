using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Components;

/// <summary>
/// One component of a pipeline in its own folder: <c>config.json</c> and weights in one safetensors file, or in shards that an
/// <c>.index.json</c> lists.
/// </summary>
internal sealed class ComponentFolder
{
    /// <summary>Base name of the weights of networks of diffusers.</summary>
    public const string DiffusersWeights = "diffusion_pytorch_model";

    /// <summary>Base name of the weights of encoders of transformers.</summary>
    public const string TransformersWeights = "model";

    private const string ConfigName = "config.json";

    private readonly string _folder;
    private readonly string _weights;

    /// <summary>Reads the configuration.</summary>
    /// <param name="folder">The component's folder.</param>
    /// <param name="weights">Base name of the weights.</param>
    /// <exception cref="FileNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no valid <c>config.json</c>; one line.</exception>
    public ComponentFolder(string folder, string weights)
    {
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException($"{folder}: no such folder; check the name", folder);
        }

        _folder = folder;
        _weights = weights;
        var config = Path.Combine(folder, ConfigName);
        Config = File.Exists(config)
            ? new JsonFields(config)
            : throw new InvalidDataException($"{folder}: has no {ConfigName}; name the folder of a component of a pipeline");
    }

    /// <summary>The configuration.</summary>
    public JsonFields Config { get; }

    /// <summary>
    /// Gives a network made of <see cref="DeferredWeights"/> the weights of the folder as float32, one after the other, after names and shapes of all were
    /// compared. The network is frozen and in evaluation mode.
    /// </summary>
    /// <param name="network">The network; freed if its weights do not fit.</param>
    /// <param name="present">The network's name for a name in the file; null to ignore it.</param>
    /// <exception cref="InvalidDataException">There are no weights, or they are damaged or do not fit; one line with the differing names.</exception>
    public TNetwork Fill<TNetwork>(TNetwork network, Func<string, string?>? present = null)
        where TNetwork : Module
    {
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (var path in Files())
            {
                files.Add(SafetensorsFile.Open(path));
            }

            var found = new Dictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)>();
            foreach (var (file, entry) in files.SelectMany(file => file.Entries.Select(entry => (file, entry))))
            {
                if ((present is null ? entry.Name : present(entry.Name)) is { } name)
                {
                    found.TryAdd(name, (file, entry));
                }
            }

            RequireFit(network, found);
            network.assign_state_dict(name => Read(found[name].File, found[name].Entry));
            network.requires_grad_(false);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static Tensor Read(SafetensorsFile file, SafetensorsEntry entry)
    {
        var tensor = file.ReadTensor(entry.Name).to(ScalarType.Float32);
        return entry.Shape.Length == 4 ? tensor.contiguous(MemoryFormat.ChannelsLast) : tensor;
    }

    private void RequireFit(Module network, Dictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> found)
    {
        try
        {
            network.require_fit(found.ToDictionary(
                tensor => tensor.Key,
                tensor => (tensor.Value.Entry.Shape, $"{tensor.Value.Entry.Type} [{string.Join(", ", tensor.Value.Entry.Shape)}]")));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{_folder}: {error.Message}", error);
        }
    }

    private IEnumerable<string> Files()
    {
        var whole = Path.Combine(_folder, $"{_weights}.safetensors");
        if (File.Exists(whole))
        {
            return [whole];
        }

        var index = $"{whole}.index.json";
        if (!File.Exists(index))
        {
            throw new InvalidDataException($"{_folder}: has neither {_weights}.safetensors nor its index; put the weights there");
        }

        var fields = new JsonFields(index);
        string[] shards = [.. fields.Get("weight_map", new Dictionary<string, string>()).Values.Distinct().Order(StringComparer.Ordinal)];
        return shards.Length > 0 && shards.All(shard => Path.GetFileName(shard) == shard)
            ? shards.Select(shard => Path.Combine(_folder, shard))
            : throw fields.Error("has no weight_map of names of files beside it");
    }
}
