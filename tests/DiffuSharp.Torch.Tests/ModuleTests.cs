using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class ModuleTests
{
    [Fact]
    public void Names_are_those_of_a_state_dict_in_order_of_declaration()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair();
        module.state_dict().Select(s => s.Name).ShouldBe(
            ["first.weight", "first.bias", "norms.a.weight", "norms.a.bias", "table"]);
    }

    [Fact]
    public void Loading_other_weights_lists_the_differences()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair();
        var values = module.state_dict().ToDictionary(s => s.Name, s => s.Value.clone());
        values.Remove("table");
        values["extra"] = ones([1]);
        values["first.bias"] = ones([7]);
        var error = Should.Throw<InvalidDataException>(() => module.load_state_dict(values));
        error.Message.ShouldContain("missing table");
        error.Message.ShouldContain("unexpected extra");
        error.Message.ShouldContain("first.bias is float32[7], not float32[4]");
    }

    [Fact]
    public void Evaluation_mode_and_conversion_reach_all_modules()
    {
        using var scope = NewDisposeScope();
        using var module = new Pair();
        module.eval();
        module.named_modules().ShouldAllBe(m => !m.Value.training);
        module.to(Device.CPU, ScalarType.Float64);
        module.parameters().ShouldAllBe(p => p.dtype == ScalarType.Float64 && p.requires_grad);
    }

    private sealed class Pair : Module
    {
        public Pair()
        {
            register_module("first", new Linear(ones([4, 2]), zeros([4])));
            var norms = register_module("norms", new ModuleDict<GroupNorm>());
            norms.add("a", new GroupNorm(2, 4, 1e-5));
            register_buffer("table", ones([3]));
        }
    }
}
