using DiffuSharp.Networks;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

public sealed class ModelCardCommandTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();
    private readonly string _model;
    private readonly string[] _flags;

    public ModelCardCommandTests()
    {
        _model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        var reference = _tiny.Folder["ref.npz"];
        CommandLine.Json("evaluate", "ref", "--data", _tiny.Data, "--dest", reference, "--features", _tiny.Classifier);
        _flags = ["--features", _tiny.Classifier, "--ref", reference, "--seeds", "0-19", "--repeat", "2", "--steps", "2"];
    }

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void The_card_is_a_table_of_every_metric_with_the_protocol_below()
    {
        var run = CommandLine.Run(["model", "card", _model, .. _flags, "--likelihood", "2", "--likelihood-steps", "3", "--data", _tiny.Test]);

        run.Error.ShouldBe("");
        var lines = run.Trimmed.Split('\n');
        lines[0].ShouldBe("| metric | value | +- | N | how |");
        lines[2..11].Select(line => line.Split(' ')[1])
            .ShouldBe(["fid", "kid", "is", "precision", "recall", "density", "coverage", "acc", "bits_per_dim"]);
        lines[2].ShouldContain("| 20 against 120 | standard deviation over 2 ranges of seeds");
        lines[^1].ShouldContain($"SHA-256 {FileHash.Sha256(_tiny.Classifier)}");
        lines[^1].ShouldContain($"SHA-256 {FileHash.Sha256(_tiny.Folder["ref.npz"])}");
        lines[^1].ShouldStartWith($"Weights {WeightHash.Sha256(_model)}; features ");
        lines[^1].ShouldContain("NFE 3; seeds 0-19 and the next 1 ranges");
    }

    [Fact]
    public void Written_into_the_model_the_numbers_are_shown_and_the_weights_are_the_same()
    {
        var before = Weights();
        CommandLine.Run(["model", "card", _model, .. _flags, "--metrics", "fid", "--write", "--out", _tiny.Folder["card.md"]]).ExitCode.ShouldBe(0);

        var metrics = CommandLine.Json("model", "info", _model).GetProperty("metrics");
        var card = File.ReadAllText(_tiny.Folder["card.md"]);
        var value = card.Split('\n')[2].Split('|')[2].Trim();
        metrics.GetProperty("fid").GetString()!.ShouldStartWith($"{value} +- ");
        card.ShouldContain(metrics.GetProperty("card").GetString()!);
        CommandLine.Run("model", "info", _model).Output.ShouldContain(value);
        Weights().ShouldBe(before);
        using var model = ModelFile.Load(_model);
        model.Description.Network.LabelDim.ShouldBe(TinyEvaluation.Classes);
    }

    [Fact]
    public void Metrics_that_were_there_stay()
    {
        ModelFile.WriteDescription(
            _model, ModelFile.ReadDescription(_model) with { Metrics = new Dictionary<string, string> { ["heldout_loss"] = "0.5", ["fid"] = "old" } });
        CommandLine.Json(["model", "card", _model, .. _flags, "--metrics", "fid", "--write"]);

        var metrics = ModelFile.ReadDescription(_model).Metrics!;
        metrics["heldout_loss"].ShouldBe("0.5");
        metrics["fid"].ShouldNotBe("old");
    }

    [Fact]
    public void Bits_per_dimension_alone_leave_the_other_numbers_and_their_protocol()
    {
        CommandLine.Json(["model", "card", _model, .. _flags, "--metrics", "fid", "--write"]);
        var before = ModelFile.ReadDescription(_model).Metrics!;
        CommandLine.Json(["model", "card", _model, .. _flags, "--metrics", "none", "--likelihood", "2", "--likelihood-steps", "3", "--data", _tiny.Test, "--write"]);

        var metrics = ModelFile.ReadDescription(_model).Metrics!;
        metrics.Keys.Except(before.Keys).ShouldBe(["bits_per_dim"]);
        metrics["card"].ShouldBe(before["card"]);
        metrics["bits_per_dim"].ShouldContain("(N 2; standard error over the images; protocol ode");
    }

    [Fact]
    public void A_model_without_classes_has_no_accuracy()
    {
        var plain = TinyModel.Save(_tiny.Folder["plain.safetensors"], labelDim: 0);
        CommandLine.Json(["model", "card", plain, .. _flags, "--metrics", "fid,acc"]).GetProperty("metrics").EnumerateArray()
            .Select(m => m.GetProperty("name").GetString()).ShouldBe(["fid"]);
    }

    [Fact]
    public void Bad_input_leaves_the_model_as_it_was()
    {
        var before = File.ReadAllBytes(_model);
        CommandLine.Run(["model", "card", _model, .. _flags, "--write", "--metrics", "swd"]).ShouldBeRefused("'swd'");
        CommandLine.Run(["model", "card", _tiny.Classifier, .. _flags, "--write"]).ShouldBeRefused("no DiffuSharp model description");
        CommandLine.Run(["model", "card", _model, .. _flags, "--write", "--likelihood", "1", "--data", _tiny.Folder["none"]]).ShouldBeRefused("none");
        File.ReadAllBytes(_model).ShouldBe(before);
    }

    private byte[] Weights()
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(_model);
        return [.. file.ReadTensors().OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.contiguous().bytes().ToArray())];
    }
}
