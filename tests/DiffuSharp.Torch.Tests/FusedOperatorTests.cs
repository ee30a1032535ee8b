using static DiffuSharp.Torch.torch;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Torch.Tests;

/// <summary>The project's own operators against ATen's in float64.</summary>
public class FusedOperatorTests
{
    private static readonly Operator s_group_norm_act = new("diffusharp::group_norm_act");
    private static readonly Operator s_conv3x3 = new("diffusharp::conv3x3");
    private static readonly Operator s_conv3x3_prepare = new("diffusharp::conv3x3_prepare");
    private static readonly Operator s_linear_combination = new("diffusharp::linear_combination");
    private static readonly Operator s_group_norm = new("aten::group_norm");

    public static TheoryData<int, int, int, int, bool, bool, bool> NormCases()
    {
        var cases = new TheoryData<int, int, int, int, bool, bool, bool>();
        foreach (var (n, c, groups, size) in new[] { (2, 4, 1, 7), (3, 32, 8, 14), (2, 96, 24, 9), (1, 128, 32, 7), (2, 132, 33, 5) })
        {
            foreach (var channelsLast in new[] { false, true })
            {
                cases.Add(n, c, groups, size, channelsLast, true, false);
                cases.Add(n, c, groups, size, channelsLast, false, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(NormCases))]
    public void Group_norm_with_shift_scale_and_SiLU_and_its_gradients_agree(
        int n, int c, int groups, int size, bool channelsLast, bool additive, bool adaptive)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var format = channelsLast ? MemoryFormat.ChannelsLast : MemoryFormat.Contiguous;
        Tensor?[] inputs =
        [
            (randn([n, c, size, size], generator) + 3).contiguous(format), additive ? randn([n, c], generator) : null,
            randn([c], generator), randn([c], generator), adaptive ? randn([n, c], generator) : null, adaptive ? randn([n, c], generator) : null,
        ];
        var cotangent = randn([n, c, size, size], generator).contiguous(format);
        var actual = Run(inputs, cotangent, x => s_group_norm_act.Call(x[0], x[1], (long)groups, x[2], x[3], x[4], x[5], 1e-5, true));
        var expected = Run(Array.ConvertAll(inputs, x => x?.to(ScalarType.Float64)), cotangent.to(ScalarType.Float64), x =>
        {
            var h = x[1] is null ? x[0]! : x[0]! + x[1]!.reshape(n, c, 1, 1);
            h = s_group_norm.Call(h, (long)groups, x[2], x[3], 1e-5, false);
            return (x[4] is null ? h : (h * (x[4]!.reshape(n, c, 1, 1) + 1)) + x[5]!.reshape(n, c, 1, 1)).silu();
        });
        actual[0].is_contiguous(format).ShouldBeTrue();
        ShouldAgree(actual, expected, 1e-5);
    }

    [Theory]
    [InlineData(8, 32, 32, 28, 28)]
    [InlineData(4, 64, 96, 15, 13)]
    [InlineData(64, 64, 64, 7, 7)]
    [InlineData(2, 1, 32, 28, 28)]
    [InlineData(2, 48, 40, 6, 6)]
    public void Convolution_3x3_and_its_gradients_agree(int n, int inputs, int outputs, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        var x = randn([n, inputs, height, width], generator).clone(MemoryFormat.ChannelsLast);
        Tensor?[] arguments = [x, randn([outputs, inputs, 3, 3], generator), randn([outputs], generator)];
        var cotangent = randn([n, outputs, height, width], generator).contiguous(MemoryFormat.ChannelsLast);
        var actual = Run(arguments, cotangent, a => s_conv3x3.Call(a[0], a[1], a[2], Argument.None));
        var expected = Run(
            Array.ConvertAll(arguments, a => a!.to(ScalarType.Float64)), cotangent.to(ScalarType.Float64), a => conv2d(a[0]!, a[1]!, a[2], padding: [1, 1]));
        ShouldAgree(actual, expected, 1e-5);

        using var mode = no_grad();
        var prepared = s_conv3x3_prepare.Call(arguments[1]);
        var fast = s_conv3x3.Call(x, arguments[1], arguments[2], prepared.numel() > 0 ? prepared : null);
        ShouldAgree([fast], [expected[0]], 1e-5);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var x = randn([16, 64, 14, 14], generator).contiguous(MemoryFormat.ChannelsLast);
        var weight = randn([64, 64, 3, 3], generator);
        var threads = get_num_threads();
        try
        {
            float[] Compute(int count)
            {
                set_num_threads(count);
                var y = s_conv3x3.Call(x, weight, Argument.None, Argument.None);
                return s_group_norm_act.Call(y, Argument.None, 16L, ones([64]), zeros([64]), Argument.None, Argument.None, 1e-5, true).ToArray<float>();
            }

            Compute(1).ShouldBe(Compute(2));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Linear_combinations_mix_precisions_and_accumulate_in_double()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var x = randn([2, 3, 5, 5], generator, ScalarType.Float64);
        var y = randn([2, 3, 5, 5], generator).contiguous(MemoryFormat.ChannelsLast);
        var z = randn([2, 3, 5, 5], generator, ScalarType.Float64);
        var actual = s_linear_combination.Call(new[] { x, y, z }, new[] { 0.5, -2.0, 1e-3 });
        actual.dtype.ShouldBe(ScalarType.Float64);
        ShouldAgree([actual], [(x * 0.5) - (y.to(ScalarType.Float64) * 2) + (z * 1e-3)], 1e-15);
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_both_shapes()
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<TorchException>(() => s_conv3x3.Call(ones([1, 32, 8, 8]), ones([32, 16, 3, 3]), Argument.None, Argument.None));
        error.Message.ShouldContain("weight must be [K,32,3,3]");
    }

    private static List<Tensor> Run(Tensor?[] inputs, Tensor cotangent, Func<Tensor?[], Tensor> function)
    {
        var leaves = Array.ConvertAll(inputs, x => x?.detach().requires_grad_());
        var y = function(leaves);
        var gradients = autograd.grad([y], [.. leaves.OfType<Tensor>()], [cotangent]);
        return [y, .. gradients.Select(g => g!)];
    }

    private static void ShouldAgree(List<Tensor> actual, List<Tensor> expected, double tolerance)
    {
        actual.Count.ShouldBe(expected.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            var error = (actual[i].to(ScalarType.Float64) - expected[i]).abs().max().item<double>() / expected[i].abs().max().item<double>();
            error.ShouldBeLessThan(tolerance, $"output {i}");
        }
    }
}
