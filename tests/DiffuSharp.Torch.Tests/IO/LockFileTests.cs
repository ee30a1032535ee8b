using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class LockFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_holds_it_and_nothing_stays()
    {
        using (var held = LockFile.TryTake(_folder["a.lock"]))
        {
            held.ShouldNotBeNull();
            LockFile.TryTake(_folder["a.lock"], tries: 2).ShouldBeNull();
        }

        _folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Threads_that_take_and_remove_it_never_hold_it_together()
    {
        var (inside, together, taken) = (0, 0, 0);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (var i = 0; i < 200; i++)
            {
                using var held = LockFile.TryTake(_folder["a.lock"], tries: 1);
                if (held is null)
                {
                    continue;
                }

                if (Interlocked.Increment(ref inside) > 1)
                {
                    Interlocked.Increment(ref together);
                }

                Interlocked.Increment(ref taken);
                Thread.SpinWait(200);
                Interlocked.Decrement(ref inside);
            }
        });
        together.ShouldBe(0);
        taken.ShouldBeGreaterThan(8);
    }
}
