using DiffuSharp.Torch.Modules;
using DiffuSharp.Torch.Optim;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class AdamTests
{
    // Kingma and Ba 2015, Algorithm 1, in double precision.
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void Steps_follow_the_published_recursion(double weightDecay)
    {
        const double Lr = 0.05, Beta1 = 0.9, Beta2 = 0.99, Eps = 1e-8;
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor([1.0, -2.0]));
        using var unused = new Parameter(tensor([3.0]));
        using var adam = new Adam([parameter, unused], Lr, Beta1, Beta2, Eps, weightDecay);
        double[] x = [1, -2], m = [0, 0], v = [0, 0];
        for (var t = 1; t <= 20; t++)
        {
            parameter.grad = null;
            (parameter * parameter * parameter).sum().backward();
            adam.step();
            for (var i = 0; i < 2; i++)
            {
                var g = 3 * x[i] * x[i];
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g * g);
                var (mHat, vHat) = (m[i] / (1 - Math.Pow(Beta1, t)), v[i] / (1 - Math.Pow(Beta2, t)));
                x[i] = (x[i] * (1 - (Lr * weightDecay))) - (Lr * mHat / (Math.Sqrt(vHat) + Eps));
            }
        }

        parameter.ToArray<double>().ShouldBe(x, 1e-12);
        unused.ToArray<double>().ShouldBe([3.0]);
        adam.Steps.ShouldBe(20);
    }

    [Fact]
    public void A_saved_state_continues_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor([1f, -2f]));
        using var adam = new Adam([parameter], 0.1);
        Step(parameter, adam);
        using var copy = new Parameter(parameter.detach().clone());
        using var resumed = new Adam([copy], 0.1);
        resumed.load_state_dict(adam.state_dict().ToDictionary(s => s.Name, s => s.Value), adam.Steps);
        Step(parameter, adam);
        Step(copy, resumed);
        copy.ToArray<float>().ShouldBe(parameter.ToArray<float>());
    }

    private static void Step(Parameter parameter, Adam adam)
    {
        parameter.grad = null;
        parameter.square().sum().backward();
        adam.step();
    }
}
