using DiffuSharp.Tests.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Networks.Components;

/// <summary>A network of the reference numbers of pipelines as a component's folder, and its inputs and outputs.</summary>
internal sealed class ComponentReference : IDisposable
{
    public const double Tolerance = 2e-4;

    private readonly TemporaryFolder _folder = new();
    private readonly SafetensorsFile _io;

    public ComponentReference(
        string name, string weights = "diffusion_pytorch_model", Func<string, string>? config = null, Func<string, string>? rename = null)
    {
        Folder = DiffusersModelFolder.Write(_folder["component"], ReferenceFolder.File("pipelines", name), rename, config, scheduler: null, weights);
        _io = SafetensorsFile.Open(ReferenceFolder.File("pipelines", name, "io.safetensors"));
    }

    public string Folder { get; }

    public Tensor this[string name] => _io.ReadTensor(name);

    public static double Difference(Tensor actual, Tensor expected)
    {
        actual.shape.ShouldBe(expected.shape);
        return ((actual - expected).abs().max() / expected.abs().max()).ToDouble();
    }

    public Tensor? Find(string name) => _io.Find(name) is null ? null : this[name];

    public void ShouldAgree(Tensor actual, string name) => Difference(actual, this[name]).ShouldBeLessThan(Tolerance, name);

    public void Dispose()
    {
        _io.Dispose();
        _folder.Dispose();
    }
}
