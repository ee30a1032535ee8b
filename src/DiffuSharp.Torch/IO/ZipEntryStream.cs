using System.IO.Compression;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// The content of a zip entry, read forward: damage shows as an <see cref="InvalidDataException"/> that names the entry, at
/// the latest in <see cref="Finish"/>, which compares length and checksum.
/// </summary>
internal sealed class ZipEntryStream : Stream
{
    private readonly ZipArchiveEntry _entry;
    private readonly string _path;
    private readonly Stream _content;
    private Crc32 _checksum = new();
    private long _consumed;

    /// <summary>Opens an entry.</summary>
    /// <param name="path">File and entry, for messages.</param>
    /// <exception cref="InvalidDataException">The entry is damaged, encrypted or compressed in an unknown way.</exception>
    public ZipEntryStream(ZipArchiveEntry entry, string path)
    {
        _entry = entry;
        _path = path;
        _content = ZipErrors.Guard(path, entry.Open);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _entry.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _consumed;
        set => throw new NotSupportedException();
    }

    /// <summary>Checks that the whole entry was read and is what was once written.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void Finish()
    {
        Span<byte> rest = stackalloc byte[1];
        if (Read(rest) != 0 || _consumed != _entry.Length || _checksum.Value != _entry.Crc32)
        {
            throw InvalidFile.Error(_path, "does not match its checksum", "the file is damaged, copy or download it again");
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw ZipErrors.Damaged(_path, e);
        }

        _checksum.Append(buffer[..read]);
        _consumed += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
