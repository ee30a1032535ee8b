using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Resizing;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public sealed class FeatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static FeatureProtocol Protocol => new()
    {
        Name = "test", Channels = 3, Height = 3, Width = 3, Resize = ResizeRule.Tf1Bilinear, Mean = [128, 0, 10], Std = [128, 1, 2], Layer = "sums", FeatureDim = 3,
        LogitsDim = 2,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Grey_images_are_resized_repeated_and_normalised_in_this_order()
    {
        using var scope = NewDisposeScope();
        var input = FeatureInput.Prepare(Protocol, tensor(new byte[] { 0, 90, 0, 90 }, [1, 1, 2, 2]), Device.CPU);

        input.shape.ShouldBe([1L, 3, 3, 3]);
        float[] row = [0, 60, 90];
        input[0][0][2].ToArray<float>().ShouldBe([.. row.Select(v => (v - 128) / 128)], 1e-5);
        input[0][1][1].ToArray<float>().ShouldBe(row, 1e-4);
        input[0][2][0].ToArray<float>().ShouldBe([.. row.Select(v => (v - 10) / 2)], 1e-4);
    }

    [Fact]
    public void Rgb_images_are_refused_by_grey_features()
    {
        using var scope = NewDisposeScope();
        var grey = Protocol with { Channels = 1, Mean = [0], Std = [1] };
        Should.Throw<InvalidInputException>(() => FeatureInput.Prepare(grey, zeros([1, 3, 2, 2], ScalarType.Byte), Device.CPU)).Message
            .ShouldContain("3 channels");
        Should.Throw<ArgumentException>(() => FeatureInput.Prepare(grey, zeros([1, 1, 2, 2]), Device.CPU));
    }

    [Fact]
    public void A_protocol_survives_its_file_and_differs_from_others()
    {
        var read = FeatureProtocol.FromJson(Protocol.ToJson());

        read.IsSameAs(Protocol).ShouldBeTrue();
        read.ToJson().ShouldContain("\"resize\":\"tf1-bilinear\"");
        read.IsSameAs(Protocol with { Resize = ResizeRule.CleanBicubic }).ShouldBeFalse();
        read.IsSameAs(Protocol with { Std = [128, 1, 3] }).ShouldBeFalse();
        read.IsSameAs(Protocol with { Sha256 = "00" }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{", "not valid")]
    [InlineData("null", "null")]
    [InlineData("""{"name":null,"channels":1,"mean":[0],"std":[1],"layer":"x","feature_dim":3}""", "name")]
    [InlineData("""{"name":"a","channels":1,"mean":null,"std":[1],"layer":"x","feature_dim":3}""", "mean")]
    [InlineData("""{"name":"a","channels":2,"mean":[0],"std":[1],"layer":"x","feature_dim":3}""", "channels 2")]
    [InlineData("""{"name":"a","channels":1,"mean":[0],"std":[0],"layer":"x","feature_dim":3}""", "std positive")]
    [InlineData("""{"name":"a","channels":1,"mean":[0],"std":[1],"layer":"x","feature_dim":3,"resize":"nearest"}""", "not valid")]
    [InlineData("""{"name":"a","channels":1,"mean":[0],"std":[1],"layer":"x","feature_dim":3,"resize":"tf1-bilinear"}""", "needs height and width")]
    [InlineData("""{"name":"a","channels":1,"mean":[0],"std":[1],"layer":"x","feature_dim":3,"size":3}""", "size")]
    public void Broken_protocols_are_refused_in_one_line(string json, string because)
    {
        var error = Should.Throw<InvalidDataException>(() => FeatureProtocol.FromJson(json));
        error.Message.ShouldContain(because);
        error.Message.ShouldNotContain("\n");
    }

    [PyTorchFact]
    public void A_TorchScript_network_gives_features_logits_and_spatial_features()
    {
        var path = Script("return x.sum(dim=[2, 3]), x.amax(dim=[2, 3])[:, :2], x[:, 1].flatten(1)");
        File.WriteAllText(_folder["net.json"], Protocol.ToJson());
        using var scope = NewDisposeScope();
        using var extractor = ScriptFeatureExtractor.Open(path);

        var output = extractor.Extract(full([2, 3, 3, 3], 10, ScalarType.Byte));

        output.Features.ToArray<float>().ShouldBe([-8.296875f, 90, 0, -8.296875f, 90, 0], 1e-4);
        output.Logits!.ToArray<float>().ShouldBe([-0.921875f, 10, -0.921875f, 10], 1e-5);
        output.Spatial.ShouldBeNull();
        extractor.Protocol.Sha256.ShouldBe(FileHash.Sha256(path));

        using var spatial = new ScriptFeatureExtractor(path, Protocol with { SpatialDim = 9, SpatialLayer = "green" });
        var image = tensor([.. Enumerable.Range(0, 27).Select(i => (byte)i)], [1, 3, 3, 3]);
        spatial.Extract(image).Spatial!.ToArray<float>().ShouldBe([9, 10, 11, 12, 13, 14, 15, 16, 17], 1e-5);
        using var wrong = new ScriptFeatureExtractor(path, Protocol with { SpatialDim = 8, SpatialLayer = "green" });
        Should.Throw<InvalidDataException>(() => wrong.Extract(image)).Message.ShouldContain("spatial features, its protocol says [1,8]");
    }

    [PyTorchFact]
    public void A_network_that_does_not_fit_its_protocol_is_refused()
    {
        var path = Script("return x.sum(dim=[2, 3])");
        Should.Throw<FileNotFoundException>(() => ScriptFeatureExtractor.Open(path)).Message.ShouldContain("net.pt.json");

        File.WriteAllText(_folder["net.json"], (Protocol with { Sha256 = "ab12" }).ToJson());
        Should.Throw<InvalidDataException>(() => ScriptFeatureExtractor.Open(path)).Message.ShouldContain("names ab12");

        // The name that is written goes before the other.
        File.WriteAllText(_folder["net.pt.json"], Protocol.ToJson());
        Should.Throw<InvalidDataException>(() => ScriptFeatureExtractor.Open(path)).Message.ShouldContain("no logits");
    }

    [PyTorchFact]
    public void A_network_that_must_be_told_to_give_features_is_wrapped_by_the_tool()
    {
        Python.Run($"""
            import runpy, sys, torch
            @torch.jit.script
            def features(x, return_features: bool = False):
                f = x.mean(dim=[2, 3])
                return f if return_features else f.softmax(1)
            class Net(torch.nn.Module):
                def forward(self, x, return_features: bool = False):
                    return features(x, return_features)
            torch.jit.script(Net()).save('{_folder["published.pt"]}')
            sys.argv = ['wrap', '{_folder["published.pt"]}', '{_folder["wrapped.pt"]}', '--name', 'published', '--layer', 'means', '--size', '4', '--resize', 'clean-bicubic']
            runpy.run_path('{RepositoryFolder.File("tools", "wrap_feature_network.py")}', run_name='__main__')
            """).ShouldBeNull();

        using var scope = NewDisposeScope();
        using var extractor = ScriptFeatureExtractor.Open(_folder["wrapped.pt"]);
        extractor.Protocol.Resize.ShouldBe(ResizeRule.CleanBicubic);
        extractor.Extract(full([2, 3, 4, 4], 200, ScalarType.Byte)).Features.ToArray<float>().ShouldBe([200, 200, 200, 200, 200, 200]);
    }

    [PyTorchFact]
    public void Gradients_flow_through_a_TorchScript_network_to_the_images()
    {
        using var scope = NewDisposeScope();
        using var extractor = new ScriptFeatureExtractor(Script("return (x ** 3).sum(dim=[2, 3])"), Protocol with { LogitsDim = 0 });
        var images = ((rand([2, 3, 3, 3], new Generator(4)) * 3) - 1.5).requires_grad_();
        var weights = randn([2, 3], new Generator(5));

        var features = extractor.Features(images);
        var gradient = autograd.grad([(features * weights).sum()], [images])[0]!;

        // v = (127.5 min(max(x, -1), 1) + 127.5 - mean)/std, the feature sum of v^3, and the limits have a gradient of 1.
        var std = tensor([128f, 1, 2], [1, 3, 1, 1]);
        var input = ((images.detach().clamp(-1, 1) * 127.5) + 127.5 - tensor([128f, 0, 10], [1, 3, 1, 1])) / std;
        var expected = weights.reshape([2, 3, 1, 1]) * input * input * 3 * 127.5 / std;
        features.shape.ShouldBe([2L, 3]);
        ((gradient - expected).abs().max() / expected.abs().max()).ToDouble().ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData("convolutional")]
    [InlineData("mixer")]
    public void A_classifier_survives_its_file_and_sees_each_image_alone(string architecture)
    {
        using var scope = NewDisposeScope();
        ClassifierOptions options = architecture == "mixer"
            ? new MixerClassifierOptions { ImgChannels = 1, ImgHeight = 8, ImgWidth = 8, LabelDim = 3, FeatureDim = 8, Depth = 2, Kernel = 3 }
            : TinyEvaluation.Options;
        using var model = new ClassifierModel(
            new ClassifierDescription { Network = options, Dataset = "tiny", TestAccuracy = 0.5 }, Classifier.Create(options, 3));
        ClassifierFile.Save(_folder["c.safetensors"], model);
        using var read = ClassifierFile.Load(_folder["c.safetensors"]);
        var x = rand([5, 1, 8, 8]);

        var output = read.Network.Forward(x);

        read.Description.TestAccuracy.ShouldBe(0.5);
        read.Network.ShouldBeOfType(model.Network.GetType());
        output.Features.shape.ShouldBe([5L, options.FeatureDim]);
        output.Logits.shape.ShouldBe([5L, 3]);
        (output.Logits - model.Network.Forward(x).Logits).abs().max().ToDouble().ShouldBeLessThan(1e-5);
        (output.Logits[3..4] - read.Network.Forward(x[3..4]).Logits).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    private string Script(string body)
    {
        var path = _folder["net.pt"];
        Python.Run($"""
            import torch
            class Net(torch.nn.Module):
                def forward(self, x):
                    {body}
            torch.jit.trace(Net(), torch.zeros(1, 3, 3, 3)).save('{path}')
            """).ShouldBeNull();
        return path;
    }
}
