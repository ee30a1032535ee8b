using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class InceptionScoreTests
{
    [Fact]
    public void Uniform_predictions_score_one()
    {
        using var scope = NewDisposeScope();
        Score(zeros([40, 8]), 4).Mean.ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Certain_predictions_of_all_classes_score_their_number()
    {
        using var scope = NewDisposeScope();
        var classes = tensor([.. Enumerable.Range(0, 40).Select(i => (long)(i % 8))]);
        var certain = where(nn.functional.one_hot(classes, 8) > 0, zeros([1]), full([1], double.NegativeInfinity));

        Score(certain, 1).Mean.ShouldBe(8, 1e-9);
        Score(certain, 5).Std.ShouldBe(0, 1e-9);
    }

    [Fact]
    public void Certain_predictions_of_one_class_score_one()
    {
        using var scope = NewDisposeScope();
        Score(tensor([50f, 0, 0]).expand(30, 3), 3).Mean.ShouldBe(1, 1e-9);
    }

    [Fact]
    public void Splits_of_a_sorted_set_see_fewer_classes_unless_shuffled()
    {
        using var scope = NewDisposeScope();
        var sorted = nn.functional.one_hot(tensor([.. Enumerable.Range(0, 400).Select(i => (long)(i / 100))]), 4).to(ScalarType.Float32) * 100;

        Score(sorted, 4).Mean.ShouldBe(1, 1e-9);
        InceptionScore.Compute(sorted, new InceptionScoreOptions { Splits = 4, Seed = 1 }).Mean.ShouldBeInRange(3.8, 4);
    }

    [Fact]
    public void Unclear_requests_are_refused()
    {
        using var scope = NewDisposeScope();
        Should.Throw<InvalidInputException>(() => Score(zeros([3, 2]), 4)).Message.ShouldContain("4 splits of 3 images");
        Should.Throw<InvalidInputException>(() => Score(full([3, 2], double.NaN), 1)).Message.ShouldContain("NaN");
    }

    private static InceptionScoreResult Score(Tensor logits, int splits) =>
        InceptionScore.Compute(logits, new InceptionScoreOptions { Splits = splits, Shuffle = false });
}
