using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Distributed;

/// <summary>
/// Processes that work together: libtorch's own c10d with Gloo, or NCCL for tensors on GPUs. All ranks call the same operations in the same order; each
/// ends within the time limit, with an exception where a rank is lost.
/// </summary>
public sealed class ProcessGroup : IDisposable
{
    /// <summary>Environment variable with the time limit in seconds of meeting and of each operation.</summary>
    public const string TimeoutVariable = "DIFFUSHARP_RANK_TIMEOUT";

    /// <summary>Environment variable that names the network interface for Gloo, as for PyTorch.</summary>
    public const string InterfaceVariable = "GLOO_SOCKET_IFNAME";

    private static readonly TimeSpan s_meetingLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_operationLimit = TimeSpan.FromMinutes(30);

    private readonly KeyValueStore _store;
    private readonly bool _ownsStore;
    private readonly TimeSpan _limit;
    private nint _handle;

    // The others must have been met.
    private ProcessGroup(RankSettings settings, KeyValueStore store, bool ownsStore, string backend, TimeSpan limit)
    {
        (Settings, _store, _ownsStore, Backend, _limit) = (settings, store, ownsStore, backend, limit);
        var @interface = Environment.GetEnvironmentVariable(InterfaceVariable) ?? "";
        if (Native.ds_group_new(
            store.Handle, backend, settings.Rank, settings.World, KeyValueStore.Milliseconds(limit), @interface, settings.IsOneMachine ? 1 : 0, out _handle) != 0)
        {
            throw new DistributedException($"{Name(settings)} cannot connect to the others: {NativeCause.Last()}", isLoss: true);
        }
    }

    /// <summary>Backstop for groups that nobody disposed of.</summary>
    ~ProcessGroup() => Free();

    /// <summary>The backends of this build, such as <c>gloo,nccl</c>; empty without any.</summary>
    public static string Backends => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(Native.ds_distributed_backends()) ?? "";

    /// <summary>Which process this is and where the others are.</summary>
    public RankSettings Settings { get; }

    /// <summary><c>gloo</c> or <c>nccl</c>.</summary>
    public string Backend { get; }

    /// <summary>This process, from 0.</summary>
    public int Rank => Settings.Rank;

    /// <summary>All processes.</summary>
    public int Size => Settings.World;

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(ProcessGroup));

    /// <summary>Meets the other processes.</summary>
    /// <param name="settings">Which process this is.</param>
    /// <param name="backend"><c>gloo</c>, or <c>nccl</c> for tensors on GPUs.</param>
    /// <param name="limit">How long to wait for the others, and for each operation; null for that of <see cref="TimeoutVariable"/>, else 5 and 30 minutes.</param>
    /// <exception cref="DistributedException">A process did not come, or was told something else; one line.</exception>
    public static ProcessGroup Meet(RankSettings settings, string backend = "gloo", TimeSpan? limit = null)
    {
        if (!Backends.Split(',').Contains(backend))
        {
            throw new DistributedException(
                Backends.Length == 0
                    ? "this build is for one process only: install Gloo's headers (Debian: libgloo-dev) and build again"
                    : $"this libtorch has no {backend}, only {Backends}");
        }

        limit ??= LimitOfEnvironment();
        var store = new KeyValueStore(settings, limit ?? s_meetingLimit);
        try
        {
            Meeting.Hold(settings, store);
            return new ProcessGroup(settings, store, ownsStore: true, backend, limit ?? s_operationLimit);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>A second group of the same processes with another backend, to be disposed of first.</summary>
    /// <exception cref="DistributedException">There is no such backend here, or a rank is lost.</exception>
    public ProcessGroup With(string backend) => Backends.Split(',').Contains(backend)
        ? new(Settings, _store, ownsStore: false, backend, _limit)
        : throw new DistributedException($"this libtorch has no {backend}, only {Backends}");

    /// <summary>Gives the elements of a tensor of one rank to the tensors of all, in place.</summary>
    /// <param name="tensor">Without gaps; of one shape on all ranks.</param>
    /// <param name="root">The rank that has the elements.</param>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public void broadcast(Tensor tensor, int root = 0) =>
        Check(Native.ds_group_broadcast(Handle, tensor.Handle, root), tensor, "broadcast");

    /// <summary>Replaces the elements of a tensor by their sum or maximum over the ranks, the same bits on all.</summary>
    /// <param name="tensor">Without gaps; of one shape on all ranks.</param>
    /// <param name="op">What is made of the values.</param>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public void all_reduce(Tensor tensor, ReduceOperation op = ReduceOperation.Sum)
    {
        using var work = all_reduce_async(tensor, op);
        work.wait();
    }

    /// <summary>Begins to replace the elements of a tensor; it must not be touched until the work is waited for.</summary>
    /// <param name="tensor">Without gaps; of one shape on all ranks.</param>
    /// <param name="op">What is made of the values.</param>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public PendingWork all_reduce_async(Tensor tensor, ReduceOperation op = ReduceOperation.Sum)
    {
        Check(Native.ds_group_all_reduce(Handle, tensor.Handle, (int)op, out var work), tensor, "all-reduce");
        return new PendingWork(this, work, "all-reduce");
    }

    /// <summary>The tensors of all ranks.</summary>
    /// <param name="tensor">Of one shape and type on all ranks.</param>
    /// <returns>[ranks, ...], in the order of the ranks.</returns>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public Tensor all_gather(Tensor tensor)
    {
        Check(Native.ds_group_all_gather(Handle, tensor.Handle, out var result), tensor, "all-gather");
        return Tensor.FromHandle(result);
    }

    /// <summary>The tensors of all ranks on one of them.</summary>
    /// <param name="tensor">Of one shape and type on all ranks.</param>
    /// <param name="root">The rank that gets them.</param>
    /// <returns>[ranks, ...], in the order of the ranks; null on the other ranks.</returns>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public Tensor? gather(Tensor tensor, int root = 0)
    {
        Check(Native.ds_group_gather(Handle, tensor.Handle, root, out var result), tensor, "gather");
        return result == 0 ? null : Tensor.FromHandle(result);
    }

    /// <summary>Bytes of any length of all ranks, in the order of the ranks; null on all ranks but the first.</summary>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public byte[][]? GatherBytes(ReadOnlySpan<byte> bytes)
    {
        using var scope = torch.NewDisposeScope();
        var lengths = all_gather(torch.tensor<long>([bytes.Length])).ToArray<long>();
        var padded = new byte[Math.Max(1, lengths.Max())];
        bytes.CopyTo(padded);
        return gather(torch.tensor(padded)) is { } all ? [.. lengths.Select((length, rank) => all[rank].ToArray<byte>()[..(int)length])] : null;
    }

    /// <summary>A text of the first rank, on all.</summary>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public string BroadcastText(string text)
    {
        using var scope = torch.NewDisposeScope();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var length = torch.tensor<long>([bytes.Length]);
        broadcast(length);
        var count = (int)length.item<long>();
        var padded = new byte[count + 1];
        if (Rank == 0)
        {
            bytes.CopyTo(padded, 0);
        }

        var data = torch.tensor(padded);
        broadcast(data);
        return System.Text.Encoding.UTF8.GetString(data.ToArray<byte>(), 0, count);
    }

    /// <summary>Refuses to go on where a rank was told something else than the first.</summary>
    /// <param name="text">What this rank was told.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="DistributedException">They differ, on all ranks; one line names the first that differs.</exception>
    public void RequireSame(string text, string what)
    {
        using var scope = torch.NewDisposeScope();
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        var all = all_gather(torch.tensor(hash));
        var first = all[0].ToArray<byte>();
        if (Enumerable.Range(1, Size - 1).Where(rank => !all[rank].ToArray<byte>().AsSpan().SequenceEqual(first)).Select(r => (int?)r).FirstOrDefault() is { } other)
        {
            throw new DistributedException($"rank {other} of {Size} has other {what} than rank 0; start all ranks alike");
        }
    }

    /// <summary>Returns when all ranks have called it.</summary>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public void barrier() => Check(Native.ds_group_barrier(Handle), null, "barrier");

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        Free();
        if (_ownsStore)
        {
            _store.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    internal static string Name(RankSettings settings) => $"rank {settings.Rank} of {settings.World}";

    internal void Check(int status, object? alive, string operation)
    {
        GC.KeepAlive(alive);
        GC.KeepAlive(this);
        if (status != 0)
        {
            throw new DistributedException($"{Name(Settings)} lost another rank in {operation}: {NativeCause.Last()}", isLoss: true);
        }
    }

    private static TimeSpan? LimitOfEnvironment() => Environment.GetEnvironmentVariable(TimeoutVariable) switch
    {
        null or "" => null,
        var text when double.TryParse(text, out var seconds) && seconds > 0 && double.IsFinite(seconds) => TimeSpan.FromSeconds(seconds),
        var text => throw new DistributedException($"{TimeoutVariable}={text}: must be a number of seconds above 0"),
    };

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Native.ds_group_release(handle);
        }
    }
}
