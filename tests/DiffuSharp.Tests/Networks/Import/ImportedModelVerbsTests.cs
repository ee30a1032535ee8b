using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Networks.Diffusers;
using DiffuSharp.Tests.Training;

namespace DiffuSharp.Tests.Networks.Import;

/// <summary>The verbs that take a model take one of the diffusers library.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ImportedModelVerbsTests : IDisposable
{
    private const int Images = 8;
    private const int Side = 16;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_imported_model_is_sampled_evaluated_searched_tuned_and_measured()
    {
        var model = _folder["m.safetensors"];
        var pixels = new byte[Images * Side * Side];
        new Random(3).NextBytes(pixels);
        var data = _folder.Write("images-idx3-ubyte", TestImages.Idx([Images, Side, Side], pixels));
        var classifier = _folder["classifier.safetensors"];
        var options = new ConvolutionalClassifierOptions
        {
            ImgChannels = 1, ImgHeight = Side, ImgWidth = Side, LabelDim = 2, FeatureDim = 2, Channels = [8], Convolutions = [1],
        };
        using (var network = new ClassifierModel(new ClassifierDescription { Network = options }, Classifier.Create(options, 1)))
        {
            ClassifierFile.Save(classifier, network);
        }

        Run("model", "import", DiffusersModelFolder.Write(_folder["model"], ReferenceFolder.RepositoryFile("diffusers-unet2d", "gray-heads")), "--from", "diffusers", "--dest", model);
        string[] net = ["--network", model, "--threads", "1"];
        Run(["sample", .. net, "--seeds", "0-1", "--steps", "2", "--clip-denoised", "--outdir", _folder["sampled"]]);
        Run("evaluate", "ref", "--data", data, "--dest", _folder["ref.npz"], "--features", classifier, "--subset", "8");
        Run(["evaluate", .. net, "--num", "8", "--steps", "2", "--ref", _folder["ref.npz"], "--features", classifier, "--metrics", "fid"]);
        Run(["search", .. net, "--verifier", $"confidence:{classifier}", "--seeds", "0-1", "--steps", "2", "--budget", "6", "--outdir", _folder["searched"]]);
        Run(
        [
            "tune", .. net, "--nfe", "2", "--iterations", "1", "--teacher-images", "4", "--val-images", "2", "--batch", "2", "--teacher-steps", "3",
            "--teacher-cache", _folder["cache"], "--outdir", _folder["tuned"], "--dest", _folder["fast.sampler.json"],
        ]);
        Run(["denoise", .. net, "--data", data, "--num", "2", "--sigmas", "0.05,1"]);
        Run(["sampler", "error", .. net, "--data", data, "--num", "1", "--steps", "3", "--substeps", "2"]);
    }

    private static void Run(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);
        run.ExitCode.ShouldBe(0, $"{string.Join(' ', arguments)}: {run.Error}");
    }
}
