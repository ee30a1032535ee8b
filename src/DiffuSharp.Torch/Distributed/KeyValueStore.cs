using System.Text;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Distributed;

/// <summary>Short texts that processes share: c10d's TCPStore, held by one of them or by their launcher.</summary>
public sealed unsafe class KeyValueStore : IDisposable
{
    private readonly string _place;
    private readonly TimeSpan _limit;
    private nint _handle;

    /// <summary>Opens the store.</summary>
    /// <param name="settings">Where it is, and whether this process holds it.</param>
    /// <param name="limit">How long to try to reach it, and to wait for a key.</param>
    /// <exception cref="DistributedException">The port is in use, or the store cannot be reached; one line.</exception>
    public KeyValueStore(RankSettings settings, TimeSpan limit)
    {
        _place = $"{settings.Master}:{settings.Port}";
        _limit = limit;
        var isServer = settings.Rank == 0 && !settings.IsHostedByLauncher;
        if (Native.ds_store_new(settings.Master, settings.Port, isServer ? 1 : 0, Milliseconds(limit), settings.Prefix, out _handle) != 0)
        {
            throw new DistributedException(isServer
                ? $"rank 0 cannot take the port {settings.Port} ({NativeCause.Last()}); use another MASTER_PORT"
                : $"rank {settings.Rank} cannot reach rank 0 at {_place} ({NativeCause.Last()}); check MASTER_ADDR, MASTER_PORT and whether rank 0 runs");
        }
    }

    /// <summary>Backstop for stores that nobody disposed of.</summary>
    ~KeyValueStore() => Free();

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(KeyValueStore));

    /// <summary>Sets a text.</summary>
    /// <exception cref="DistributedException">The store is gone.</exception>
    public void Set(string key, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* first = bytes)
        {
            Check(Native.ds_store_set(Handle, key, first, bytes.Length), key);
        }
    }

    /// <summary>Waits for a text.</summary>
    /// <exception cref="DistributedException">Nobody set it within the limit, or the store is gone.</exception>
    public string Get(string key)
    {
        Check(Native.ds_store_get(Handle, key, Milliseconds(_limit), out var data, out var length), key);
        var text = Encoding.UTF8.GetString((byte*)data, checked((int)length));
        Native.ds_free(data);
        return text;
    }

    /// <summary>Adds to a number that begins with 0.</summary>
    /// <returns>The sum.</returns>
    /// <exception cref="DistributedException">The store is gone.</exception>
    public long Add(string key, long amount)
    {
        Check(Native.ds_store_add(Handle, key, amount, out var value), key);
        return value;
    }

    /// <summary>Whether a text was set.</summary>
    /// <exception cref="DistributedException">The store is gone.</exception>
    public bool Has(string key)
    {
        Check(Native.ds_store_has(Handle, key, out var there), key);
        return there != 0;
    }

    /// <summary>Leaves the store; the process that holds it ends it.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    internal static long Milliseconds(TimeSpan limit) => Math.Max(1, (long)limit.TotalMilliseconds);

    private void Check(int status, string key)
    {
        if (status != 0)
        {
            throw new DistributedException($"the meeting place {_place} does not answer ({key}: {NativeCause.Last()})", isLoss: true);
        }
    }

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Native.ds_store_release(handle);
        }
    }
}
