using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_but_not_what_was_moved_out()
    {
        using var outer = NewDisposeScope();
        Tensor kept, freed;
        using (NewDisposeScope())
        {
            freed = ones([2]);
            kept = (freed + 1).MoveToOuterDisposeScope();
        }

        freed.IsInvalid.ShouldBeTrue();
        kept.ToArray<float>().ShouldBe([2, 2]);
        outer.Count.ShouldBe(1);
    }

    [Fact]
    public void A_detached_tensor_belongs_to_its_holder()
    {
        Tensor detached;
        using (NewDisposeScope())
        {
            detached = ones([2]).DetachFromDisposeScope();
        }

        detached.IsInvalid.ShouldBeFalse();
        detached.Dispose();
        detached.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void A_disposed_tensor_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var first = ones([1]);
        var second = ones([1]);
        first.Dispose();
        scope.Count.ShouldBe(1);
        second.Dispose();
        scope.Count.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => second.numel());
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        var thread = new Thread(() => ones([1]).Dispose());
        thread.Start();
        thread.Join();
        scope.Count.ShouldBe(0);
    }
}
