using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

/// <summary>A data set of small images with three classes and a network that trains on it within milliseconds.</summary>
internal sealed class TinyRun : IDisposable
{
    private const int Images = 96;

    private readonly int _side;
    private readonly int _channels;

    /// <summary>32 channels and images of 16x16 make the network use the Winograd kernels, which smaller ones do not.</summary>
    public TinyRun(int side = 8, int channels = 8)
    {
        (_side, _channels) = (side, channels);
        torch.set_num_threads(1);
        var pixels = new byte[Images * side * side];
        var labels = new byte[Images];
        for (var i = 0; i < Images; i++)
        {
            labels[i] = (byte)(i % 3);
            for (var p = 0; p < side * side; p++)
            {
                pixels[(i * side * side) + p] = (byte)(labels[i] switch { 0 => p % side * 30, 1 => p / side * 30, _ => i * 2 });
            }
        }

        Data = Folder.Write("tiny-images-idx3-ubyte", TestImages.Idx([Images, (uint)side, (uint)side], pixels));
        Folder.Write("tiny-labels-idx1-ubyte", TestImages.Idx([Images], labels));
    }

    public TemporaryFolder Folder { get; } = new();

    public string Data { get; }

    /// <summary>Batches of 16 images; a tick of 32; states and snapshots at the end only.</summary>
    public TrainingOptions Options => new()
    {
        Data = Data,
        Cond = true,
        Network = new SongUNetOptions
        {
            ImgChannels = 1, ImgHeight = _side, ImgWidth = _side, ModelChannels = _channels, ChannelMult = [1, 2], NumBlocks = 1,
            AttnResolutions = [_side / 2],
            Dropout = 0.1,
        },
        TotalImages = 160, Batch = 16, Lr = 2e-3, LrRampup = 64, Ema = 100, EmaRampup = null, Augment = 0.5, Tick = 32, Snap = 0, Dump = 0, Threads = 1,
    };

    public RunDirectory Directory(string name = "runs") => RunDirectory.Create(Folder[name], "tiny");

    /// <summary>A session on the options, as a trainer makes it.</summary>
    public static TrainingSession Session(TrainingOptions options)
    {
        using var trainer = new Trainer(options);
        using var data = TrainingData.Open(trainer.Options);
        var order = new DataOrder(data.Training.Count, options.Seed);
        return new TrainingSession(trainer.Options, trainer.Description, trainer.Options.CreateLoss(), new ResidentImages(data.Training, Device.CPU, order, default));
    }

    /// <summary>All that a session carries from step to step, by name.</summary>
    public static Dictionary<string, byte[]> State(TrainingSession session) => session.Model.Network.state_dict().Select(e => ($"network.{e.Name}", e.Value))
        .Concat(session.Ema.state_dict().Select(e => ($"ema.{e.Name}", e.Value)))
        .Concat(session.Adam.state_dict().Select(e => ($"optimizer.{e.Name}", e.Value)))
        .ToDictionary(e => e.Item1, e => e.Item2.detach().contiguous().bytes().ToArray());

    /// <summary>Whether two files hold the same bytes.</summary>
    public static bool SameBytes(string one, string other) => File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other));

    /// <summary>Names of the tensors that differ.</summary>
    public static IReadOnlyList<string> Differences(Dictionary<string, byte[]> one, Dictionary<string, byte[]> other) =>
        [.. one.Keys.Union(other.Keys).Where(name => !one[name].AsSpan().SequenceEqual(other[name]))];

    public void Dispose() => Folder.Dispose();
}
