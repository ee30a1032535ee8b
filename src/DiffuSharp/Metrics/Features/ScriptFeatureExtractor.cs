using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>
/// Any TorchScript network as feature network: <c>NAME.pt</c> with its protocol beside it (<see cref="ScriptDescription"/>). Its <c>forward</c> takes the images and
/// returns the features [N,d], then, as the protocol says, logits [N,C] (for the inception score those without bias) and spatial features [N,s].
/// To compare with ADM's <c>mu_s</c>, <c>sigma_s</c> those are in the order rows, columns, channels.
/// </summary>
public sealed class ScriptFeatureExtractor : IFeatureExtractor
{
    private readonly string _path;
    private readonly ScriptModule _module;
    private readonly Device _device;

    /// <summary>Loads the network; its code is not loaded before the hash that the protocol names is found to be the file's.</summary>
    /// <param name="path">The TorchScript file.</param>
    /// <param name="protocol">Its protocol; a missing hash is filled in.</param>
    /// <param name="device">Where it runs; the CPU by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TorchScript file, or not the one that the protocol names.</exception>
    public ScriptFeatureExtractor(string path, FeatureProtocol protocol, Device? device = null)
    {
        protocol.Validate();
        var hash = FileHash.Sha256(path);
        if (protocol.Sha256 is { } expected && !expected.Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"{path}: the SHA-256 is {hash}, the protocol names {expected}; use the file that it was written for");
        }

        Protocol = protocol with { Sha256 = hash };
        _path = path;
        _device = device ?? Device.CPU;
        _module = new ScriptModule(path, _device);
        _module.requires_grad_(false);
    }

    /// <inheritdoc/>
    public FeatureProtocol Protocol { get; }

    /// <summary>
    /// Loads a network with the protocol that lies beside it (<see cref="ScriptDescription"/>), and tries it on two images if the protocol states their size.
    /// </summary>
    /// <exception cref="FileNotFoundException">One of the two is missing.</exception>
    /// <exception cref="InvalidDataException">One of the two is broken, or they do not belong together.</exception>
    public static ScriptFeatureExtractor Open(string path, Device? device = null)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file; check the name", path);
        }

        var description = ScriptDescription.Find(path) ?? throw new FileNotFoundException(
            $"{ScriptDescription.PathOf(path)}: no such file; the TorchScript network {path} needs its protocol there", ScriptDescription.PathOf(path));
        var extractor = Load(path, description, device);
        try
        {
            extractor.Check();
            return extractor;
        }
        catch
        {
            extractor.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network on two black images and compares what it gives with the protocol; does nothing where the protocol states no size.</summary>
    /// <exception cref="InvalidDataException">The network refuses them, or gives something else; one line.</exception>
    public void Check()
    {
        if (Protocol is { Height: { } height, Width: { } width })
        {
            using var scope = torch.NewDisposeScope();
            Extract(torch.zeros([2, Protocol.Channels, height, width], ScalarType.Byte));
        }
    }

    /// <inheritdoc/>
    public FeatureBatch Extract(Tensor pixels)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var outputs = Forward(FeatureInput.Prepare(Protocol, pixels, _device));
        var logits = Protocol.LogitsDim > 0 ? Require(outputs.ElementAtOrDefault(1), pixels, Protocol.LogitsDim, "logits") : null;
        var spatial = Protocol.SpatialDim is { } dimension
            ? Require(outputs.ElementAtOrDefault(logits is null ? 1 : 2), pixels, dimension, "spatial features")
            : null;
        return new FeatureBatch(Require(outputs.FirstOrDefault(), pixels, Protocol.FeatureDim, "features"), logits, spatial);
    }

    /// <inheritdoc/>
    public Tensor Features(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var outputs = Forward(FeatureInput.Differentiable(Protocol, images, _device));
        return Checked(outputs.FirstOrDefault(), images, Protocol.FeatureDim, "features").alias().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    private static ScriptFeatureExtractor Load(string path, string description, Device? device)
    {
        try
        {
            return new ScriptFeatureExtractor(path, FeatureProtocol.FromJson(File.ReadAllText(description)), device);
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{description}: {error.Message}", error);
        }
    }

    private Tensor[] Forward(Tensor input)
    {
        try
        {
            return _module.call("forward", input);
        }
        catch (TorchException error) when (!error.IsOutOfMemory)
        {
            throw new InvalidDataException($"{_path}: the network refuses its input {input.Describe()}: {error.Cause}; correct the protocol or the network", error);
        }
    }

    private Tensor Require(Tensor? output, Tensor pixels, int dimension, string what) =>
        Checked(output, pixels, dimension, what).to(Device.CPU, ScalarType.Float32).MoveToOuterDisposeScope();

    private Tensor Checked(Tensor? output, Tensor images, int dimension, string what) =>
        output is not null && output.shape.SequenceEqual([images.size(0), dimension])
            ? output
            : throw new InvalidDataException(
                $"{_path}: the network gives {output?.Describe() ?? "no"} {what}, its protocol says [{images.size(0)},{dimension}]; correct the protocol");
}
