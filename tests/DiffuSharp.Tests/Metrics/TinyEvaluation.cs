using DiffuSharp.Metrics.Features;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Metrics;

/// <summary>8x8 images of three kinds as idx files, and a classifier with random weights for them.</summary>
internal sealed class TinyEvaluation : IDisposable
{
    public const int Side = 8;
    public const int Classes = 3;
    public const int FeatureDim = 6;

    public TinyEvaluation()
    {
        torch.set_num_threads(1);
        Data = Write("data", 120, seed: 1);
        Test = Write("test", 60, seed: 2);
        Classifier = Folder["classifier.safetensors"];
        Save(Classifier, seed: 1);
    }

    public TemporaryFolder Folder { get; } = new();

    public string Data { get; }

    public string Test { get; }

    public string Classifier { get; }

    /// <summary>A network for these images.</summary>
    public static ConvolutionalClassifierOptions Options => new()
    {
        ImgChannels = 1, ImgHeight = Side, ImgWidth = Side, LabelDim = Classes, FeatureDim = FeatureDim, Channels = [8, 16], Convolutions = [1, 1],
    };

    public ClassifierFeatureExtractor OpenFeatures() => ClassifierFeatureExtractor.Open(Classifier);

    /// <summary>Stripes across, stripes down, or noise; the class is what it is.</summary>
    public string Write(string name, int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * Side * Side];
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % Classes);
            var phase = random.Next(2);
            for (var p = 0; p < Side * Side; p++)
            {
                var (row, column) = (p / Side, p % Side);
                pixels[(i * Side * Side) + p] = labels[i] switch
                {
                    0 => (byte)(((row + phase) % 4 < 2 ? 200 : 20) + random.Next(30)),
                    1 => (byte)(((column + phase) % 4 < 2 ? 200 : 20) + random.Next(30)),
                    _ => (byte)random.Next(256),
                };
            }
        }

        Folder.Write($"{name}-labels-idx1-ubyte", TestImages.Idx([(uint)count], labels));
        return Folder.Write($"{name}-images-idx3-ubyte", TestImages.Idx([(uint)count, Side, Side], pixels));
    }

    public static void Save(string path, ulong seed)
    {
        using var model = new ClassifierModel(new ClassifierDescription { Network = Options, Dataset = "tiny" }, DiffuSharp.Networks.Classifiers.Classifier.Create(Options, seed));
        ClassifierFile.Save(path, model);
    }

    public void Dispose() => Folder.Dispose();
}
