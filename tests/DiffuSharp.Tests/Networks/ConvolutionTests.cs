using DiffuSharp.Networks;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Networks;

public class ConvolutionTests
{
    /// <summary>A frozen weight is prepared once; each way of changing it must be noticed.</summary>
    [Theory]
    [InlineData("operator")]
    [InlineData("memory")]
    [InlineData("conversion")]
    public void A_frozen_weight_that_changes_is_prepared_anew(string change)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var convolution = new Convolution(new XavierUniform(generator), 32, 32, 3);
        using var mode = no_grad();
        convolution.requires_grad_(false);
        var x = randn([2, 32, 28, 28], generator).contiguous(MemoryFormat.ChannelsLast);
        var before = convolution.Forward(x);
        switch (change)
        {
            case "operator":
                convolution.weight!.mul_(2.0);
                break;
            case "memory":
                foreach (ref var value in convolution.weight!.data<float>())
                {
                    value *= 2;
                }

                break;
            default:
                convolution.to(Device.CPU, ScalarType.Float64);
                convolution.to(Device.CPU, ScalarType.Float32);
                convolution.weight!.mul_(2.0);
                break;
        }

        var bias = convolution.bias!.reshape(1, -1, 1, 1);
        var expected = ((before - bias) * 2) + bias;
        (convolution.Forward(x) - expected).abs().max().item<float>().ShouldBeLessThan(1e-4f);
    }
}
