using System.IO.Compression;
using DiffuSharp.Data;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Data;

public class IdxFileTests
{
    private static readonly byte[] s_valid = TestImages.Idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

    [Fact]
    public void PlainAndCompressedFilesReadTheSame()
    {
        using var folder = new TemporaryFolder();
        foreach (var path in new[] { folder.Write("a", s_valid), folder.Write("a.gz", Gzip(s_valid)) })
        {
            var idx = IdxFile.Read(path, rank: 3);
            idx.Sizes.ShouldBe([3, 2, 2]);
            idx.Data.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        }
    }

    [Fact]
    public void MutatedFilesAreReadOrRefusedInOneLineWithBoundedMemory() =>
        Prop.ForAll(Mutation.Of(s_valid), bytes => IsReadOrRefused(bytes, seekable: true) && IsReadOrRefused(bytes, seekable: false))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void MutatedGzipFilesAreReadOrRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        Prop.ForAll(Mutation.Of(Gzip(s_valid)), bytes =>
        {
            var path = folder.Write("a.gz", bytes);
            try
            {
                return IdxFile.Read(path, rank: 3).Data.Length > 0;
            }
            catch (InvalidDataException e)
            {
                return e.Message.StartsWith(path, StringComparison.Ordinal) && !e.Message.Contains('\n', StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AHugeClaimInATinyGzipFileGetsNoMemory()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.gz", Gzip(TestImages.Idx([2000, 1000, 1000], new byte[100])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => IdxFile.Read(path, rank: 3)).Message.ShouldBe($"{path}: truncated; copy or download it again");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
        path = folder.Write("a.gz", Gzip(TestImages.Idx([uint.MaxValue, uint.MaxValue, uint.MaxValue], new byte[100])));
        Should.Throw<InvalidDataException>(() => IdxFile.Read(path, rank: 3)).Message.ShouldContain("header claims");
    }

    [Fact]
    public void OtherTypesRanksAndTrailingBytesAreRefused()
    {
        using var folder = new TemporaryFolder();
        byte[] floats = [.. s_valid];
        floats[2] = 0x0d;
        Should.Throw<InvalidDataException>(() => IdxFile.Read(folder.Write("a", floats), rank: 3)).Message.ShouldContain("element type 13");
        Should.Throw<InvalidDataException>(() => IdxFile.Read(folder.Write("a", s_valid), rank: 1)).Message.ShouldContain("rank 3");
        Should.Throw<InvalidDataException>(() => IdxFile.Read(folder.Write("a", [.. s_valid, 0]), rank: 3)).Message.ShouldContain("beyond");
    }

    private static bool IsReadOrRefused(byte[] bytes, bool seekable)
    {
        using Stream stream = seekable ? new MemoryStream(bytes) : new GZipStream(new MemoryStream(Gzip(bytes)), CompressionMode.Decompress);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var idx = IdxFile.Read(stream, rank: 3, "a");
            return idx.Data.Length == idx.Sizes.Aggregate(1L, (a, b) => a * b);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20;
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
