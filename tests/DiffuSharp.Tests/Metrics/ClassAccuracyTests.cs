using DiffuSharp.Metrics;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class ClassAccuracyTests
{
    [Fact]
    public void Right_answers_are_counted_overall_and_by_class()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([5f, 1, 0, 0, 2, 1, 3, 2, 1, 0, 0, 9], [4, 3]);

        var result = ClassAccuracy.Compute(logits, [0, 1, 1, 2]);

        result.Value.ShouldBe(0.75);
        result.PerClass.ShouldBe([1, 0.5, 1]);
        result.StandardError.ShouldBe(Math.Sqrt(0.75 * 0.25 / 4), 1e-15);
    }

    [Fact]
    public void Classes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Should.Throw<InvalidInputException>(() => ClassAccuracy.Compute(zeros([2, 3]), [0, 3])).Message.ShouldContain("class 3");
        Should.Throw<InvalidInputException>(() => ClassAccuracy.Compute(zeros([2, 3]), [0])).Message.ShouldContain("1 classes for 2 images");
    }

    [Fact]
    public void Each_class_has_its_own_distance()
    {
        using var same = Draws.Diagonal([0, 0], [1, 1]);
        using var moved = Draws.Diagonal([3, 4], [1, 1]);

        var distances = ClassFrechetDistance.Compute([same, moved, null], [same, same, same, same]);

        distances[0].ShouldBe(0, 1e-12);
        distances[1].ShouldBe(25, 1e-12);
        distances[2].ShouldBe(double.NaN);
        distances[3].ShouldBe(double.NaN);
    }
}
