using DiffuSharp.Networks;
using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Networks.Diffusers;

[Trait("Category", "Reference")]
public sealed class UNet2DModelReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names() =>
        [.. Directory.GetDirectories(ReferenceFolder.File("diffusers-unet2d")).Select(f => Path.GetFileName(f)).Order()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_output_agrees(string name) => RelativeError(name, DiffusersModelFolder.Write(_folder["model"], Reference(name))).ShouldBeLessThan(2e-4);

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_under_the_old_attention_names_give_the_same(string name) =>
        RelativeError(name, DiffusersModelFolder.Write(_folder["model"], Reference(name), DiffusersModelFolder.OldNames)).ShouldBeLessThan(2e-4);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pipelines_folder_is_read_as_well(string name)
    {
        DiffusersModelFolder.Write(_folder["pipeline/unet"], Reference(name));
        RelativeError(name, _folder["pipeline"]).ShouldBeLessThan(2e-4);
    }

    private static string Reference(string name) => ReferenceFolder.File("diffusers-unet2d", name);

    private static double RelativeError(string name, string folder)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var model = new DiffusersFolder(folder);
        using var network = UNet.Create(model.Options, model.Options.ImgChannels * model.OutputFactor);
        model.LoadInto(network);
        network.eval();
        using var io = SafetensorsFile.Open(Path.Combine(Reference(name), "io.safetensors"));
        var labels = io.Find("class_labels") is null ? null : nn.functional.one_hot(io.ReadTensor("class_labels"), model.Options.LabelDim).to(ScalarType.Float32);
        var output = network.Forward(io.ReadTensor("x"), io.ReadTensor("timesteps").to(ScalarType.Float32), labels, null);
        var expected = io.ReadTensor("output");
        return ((output - expected).abs().max() / expected.abs().max()).ToDouble();
    }
}
