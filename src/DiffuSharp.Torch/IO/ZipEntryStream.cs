using System.IO.Compression;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// The content of a zip entry, read forward: damage shows as an <see cref="InvalidDataException"/> that names the entry, at
/// the latest in <see cref="Finish"/>, which compares length and checksum.
/// </summary>
internal sealed class ZipEntryStream : Stream
{
    private readonly ZipArchiveEntry entry;
    private readonly string path;
    private readonly Stream content;
    private Crc32 checksum = new();
    private long consumed;

    /// <summary>Opens an entry.</summary>
    /// <param name="path">File and entry, for messages.</param>
    /// <exception cref="InvalidDataException">The entry is damaged, encrypted or compressed in an unknown way.</exception>
    public ZipEntryStream(ZipArchiveEntry entry, string path)
    {
        this.entry = entry;
        this.path = path;
        content = ZipErrors.Guard(path, entry.Open);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => entry.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => consumed;
        set => throw new NotSupportedException();
    }

    /// <summary>Checks that the whole entry was read and is what was once written.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void Finish()
    {
        Span<byte> rest = stackalloc byte[1];
        if (Read(rest) != 0 || consumed != entry.Length || checksum.Value != entry.Crc32)
        {
            throw InvalidFile.Error(path, "does not match its checksum", "the file is damaged, copy or download it again");
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw ZipErrors.Damaged(path, e);
        }

        checksum.Append(buffer[..read]);
        consumed += read;
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
            content.Dispose();
        }

        base.Dispose(disposing);
    }
}
