using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class ScriptModuleTests
{
    [PyTorchFact]
    public void A_traced_module_gives_PyTorchs_numbers_and_gradients()
    {
        using var folder = new TemporaryFolder();
        var path = folder["module.pt"];
        Python.Run($$"""
            import torch
            torch.manual_seed(0)
            net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.SiLU(), torch.nn.Linear(4, 2))
            with torch.no_grad():
                for i, p in enumerate(net.parameters()):
                    p.copy_(torch.linspace(-1, 1, p.numel()).reshape(p.shape) + 0.1 * i)
            torch.jit.trace(net, torch.zeros(1, 3)).save('{{path}}')
            """).ShouldBeNull();
        using var scope = NewDisposeScope();
        using var module = new ScriptModule(path);
        var x = tensor([0.5f, -1f, 2f], [1, 3]).requires_grad_();
        var y = module.forward(x);
        Expected(x, out var output, out var gradient);
        y.ToArray<float>().ShouldBe(output.ToArray<float>(), 1e-6);
        autograd.grad([y.sum()], [x])[0]!.ToArray<float>().ShouldBe(gradient.ToArray<float>(), 1e-6);
    }

    [Fact]
    public void A_file_that_is_no_module_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var path = folder["module.pt"];
        File.WriteAllText(path, "nonsense");
        var error = Should.Throw<InvalidDataException>(() => new ScriptModule(path));
        error.Message.ShouldStartWith($"{path}: not a TorchScript module");
        error.Message.ShouldNotContain("\n");
        Should.Throw<FileNotFoundException>(() => new ScriptModule(path + "2"));
    }

    private static void Expected(Tensor x, out Tensor output, out Tensor gradient)
    {
        using var first = new Modules.Linear(Ramp(12, 0).reshape(4, 3), Ramp(4, 0.1f));
        using var second = new Modules.Linear(Ramp(8, 0.2f).reshape(2, 4), Ramp(2, 0.3f));
        output = second.forward(first.forward(x).silu());
        gradient = autograd.grad([output.sum()], [x], retain_graph: true)[0]!;
    }

    private static Tensor Ramp(int count, float offset) =>
        tensor(Enumerable.Range(0, count).Select(i => -1 + (2f * i / (count - 1)) + offset).ToArray());
}
