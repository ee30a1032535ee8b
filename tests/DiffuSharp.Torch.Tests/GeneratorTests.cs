using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class GeneratorTests
{
    // torch.Generator().manual_seed(1234); torch.randn(3), torch.rand(2), torch.randint(100, (3,)), torch.randperm(5) in PyTorch 1.13.
    [Fact]
    public void The_stream_is_the_one_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1234);
        randn([3], generator).ToArray<float>().ShouldBe([0.0461304634809494f, 0.4024028182029724f, -1.0115290880203247f], 1e-7f);
        rand([2], generator).ToArray<float>().ShouldBe([0.6738061308860779f, 0.33146196603775024f], 1e-7f);
        randint(0, 100, [3], generator).ToArray<long>().ShouldBe([43, 41, 54]);
        randperm(5, generator).ToArray<long>().ShouldBe([2, 4, 0, 3, 1]);
    }

    [Fact]
    public void A_saved_state_continues_the_stream()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        randn([5], generator);
        var state = generator.get_state();
        var expected = randn([33], generator).ToArray<float>();
        using var resumed = new Generator(0);
        resumed.set_state(state);
        randn([33], resumed).ToArray<float>().ShouldBe(expected);
    }
}
