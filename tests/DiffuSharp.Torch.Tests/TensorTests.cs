using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class TensorTests
{
    [Fact]
    public void Operators_broadcast()
    {
        using var scope = NewDisposeScope();
        var column = tensor([1f, 2f, 3f], [3, 1]);
        var row = tensor([10f, 20f], [1, 2]);
        (column + row).ToArray<float>().ShouldBe([11, 21, 12, 22, 13, 23]);
        (2 * column - 1).ToArray<float>().ShouldBe([1, 3, 5]);
        (1 - column).ToArray<float>().ShouldBe([0, -1, -2]);
    }

    [Fact]
    public void Errors_name_the_operator_the_shapes_and_the_cause()
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<TorchException>(() => ones([2, 3]).matmul(ones([4, 5])));
        error.Message.ShouldContain("aten::matmul");
        error.Message.ShouldContain("float32[2,3]");
        error.Message.ShouldContain("float32[4,5]");
        error.Message.ShouldContain("cannot be multiplied");
    }

    [Fact]
    public void An_unknown_operator_is_an_error_with_its_name() =>
        Should.Throw<TorchException>(() => new Operator("aten::nonsense").Call()).Message.ShouldContain("aten::nonsense");

    [Fact]
    public void Indexing_takes_numbers_ranges_and_tensors()
    {
        using var scope = NewDisposeScope();
        var x = arange(0, 12).reshape(4, 3);
        x[1].ToArray<long>().ShouldBe([3, 4, 5]);
        x[-1].ToArray<long>().ShouldBe([9, 10, 11]);
        x[1..3].ToArray<long>().ShouldBe([3, 4, 5, 6, 7, 8]);
        x[tensor([2L, 0L])].ToArray<long>().ShouldBe([6, 7, 8, 0, 1, 2]);
        x[tensor([true, false, false, true])].ToArray<long>().ShouldBe([0, 1, 2, 9, 10, 11]);
    }

    [Fact]
    public void Backward_accumulates_into_leaves()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f, 3f]).requires_grad_();
        (x * x).sum().backward();
        (x * 2).sum().backward();
        x.grad!.ToArray<float>().ShouldBe([4, 6, 8]);
        x.grad = null;
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void Gradients_for_given_inputs_and_cotangents()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1.0, 2.0]).requires_grad_();
        var unused = tensor([1.0]).requires_grad_();
        var y = x.exp();
        var gradients = autograd.grad([y], [x, unused], [tensor([3.0, 0.0])]);
        gradients[0]!.ToArray<double>().ShouldBe([3 * Math.E, 0], 1e-14);
        gradients[1].ShouldBeNull();
    }

    [Fact]
    public void No_grad_records_nothing_and_restores_the_mode()
    {
        using var scope = NewDisposeScope();
        var x = ones([2]).requires_grad_();
        using (no_grad())
        {
            (x * 2).requires_grad.ShouldBeFalse();
        }

        (x * 2).requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void Lists_longer_than_the_scratch_space_are_passed_whole()
    {
        using var scope = NewDisposeScope();
        var parts = Enumerable.Range(0, 200).Select(i => full([1], i)).ToArray();
        cat(parts).ToArray<float>().ShouldBe(Enumerable.Range(0, 200).Select(i => (float)i));
    }

    [Fact]
    public void Reading_as_another_type_is_refused()
    {
        using var scope = NewDisposeScope();
        Should.Throw<InvalidOperationException>(() => ones([2]).ToArray<double>());
        Should.Throw<InvalidOperationException>(() => ones([2]).item<float>());
    }
}
