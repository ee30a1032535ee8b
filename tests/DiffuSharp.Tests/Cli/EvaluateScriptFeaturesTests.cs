using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Cli;

/// <summary><c>evaluate --features NAME.pt</c>, from the traced network to the number.</summary>
public sealed class EvaluateScriptFeaturesTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();
    private readonly string _network;

    public EvaluateScriptFeaturesTests() => _network = _tiny.Folder["net.pt"];

    private static FeatureProtocol Protocol => new()
    {
        Name = "quarters", Channels = 1, Height = 8, Width = 8, Mean = [0], Std = [255], Layer = "pool", FeatureDim = 4, LogitsDim = 3,
    };

    public void Dispose() => _tiny.Dispose();

    [PyTorchFact]
    public void Images_are_measured_by_a_traced_network()
    {
        Trace("torch.nn.functional.avg_pool2d(x, 4).flatten(1)");
        Declare(Protocol);
        var reference = _tiny.Folder["ref.npz"];
        CommandLine.Json("evaluate", "ref", "--data", _tiny.Data, "--dest", reference, "--features", _network).GetProperty("dimension").GetInt32().ShouldBe(4);

        var result = CommandLine.Json("evaluate", "--images", _tiny.Test, "--ref", reference, "--features", _network, "--metrics", "fid,kid,is,acc");

        using var images = Quarters(_tiny.Test);
        using var against = Quarters(_tiny.Data);
        var metrics = result.GetProperty("metrics");
        metrics[0].GetProperty("value").GetDouble().ShouldBe(FrechetDistance.Compute(images, against).Value, 1e-8);
        metrics.GetArrayLength().ShouldBe(4);
        result.GetProperty("protocol").GetString().ShouldBe("quarters");
        result.GetProperty("features_sha256").GetString().ShouldBe(FileHash.Sha256(_network));
    }

    [PyTorchFact]
    public void A_network_that_fails_is_one_line()
    {
        Trace("torch.nn.functional.linear(x.flatten(1), torch.ones(4, 64))");
        Evaluate().ShouldBeRefused("net.pt.json: no such file; the TorchScript network");

        Declare(Protocol with { Height = 9, Width = 9 });
        var run = Evaluate();
        run.ShouldBeRefused("net.pt: the network refuses its input");
        run.Error.ShouldContain("RuntimeError");
        run.Error.ShouldContain("shapes cannot be multiplied");
        Declare(Protocol with { FeatureDim = 5 });
        Evaluate().ShouldBeRefused("gives float32[2,4] features, its protocol says [2,5]");
        Declare(Protocol with { Sha256 = "ab12" });
        Evaluate().ShouldBeRefused("the protocol names ab12");
        CommandLine.Run("evaluate", "--images", _tiny.Test, "--metrics", "is", "--features", _tiny.Folder["none.pt"]).ShouldBeRefused("none.pt: no such file");
    }

    [Fact]
    public void Code_is_not_loaded_before_its_hash_is_checked()
    {
        File.WriteAllText(_network, "no TorchScript");
        Declare(Protocol with { Sha256 = "ab12" });
        Evaluate().ShouldBeRefused("the protocol names ab12");
    }

    private CommandLine Evaluate() => CommandLine.Run("evaluate", "--images", _tiny.Test, "--metrics", "is", "--features", _network);

    private void Declare(FeatureProtocol protocol) => File.WriteAllText(_tiny.Folder["net.json"], protocol.ToJson());

    private void Trace(string features) => Python.Run($"""
        import torch
        class Net(torch.nn.Module):
            def forward(self, x):
                return {features}, x.flatten(1)[:, :3]
        torch.jit.trace(Net(), torch.zeros(1, 1, 8, 8)).save('{_network}')
        """).ShouldBeNull();

    private static FeatureStatistics Quarters(string data)
    {
        using var scope = NewDisposeScope();
        using var dataset = ImageDataset.Open(data);
        var pixels = DatasetBatches.Read(dataset, dataset.Count).Single().Pixels.to(ScalarType.Float32) / 255;
        return FeatureStatistics.Of(pixels.reshape([dataset.Count, 2, 4, 2, 4]).mean([2, 4]).reshape([dataset.Count, 4]));
    }
}
