using System.Text;
using DiffuSharp.Data;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Data;

public class DatasetJsonTests
{
    private const string Classes = """{"labels": [["00000/a.png", 6], ["00000/b.png", 0]], "label_names": ["a","b","c","d","e","f","g"]}""";
    private const string Vectors = """{"other": {"x": [1]}, "labels": [["a.png", [0.5, -1e3]], ["b.png", [1, 2]]]}""";

    [Fact]
    public void ClassNumbersVectorsAndNullAreRead()
    {
        var classes = Parse(Classes);
        classes.Classes.ShouldNotBeNull()["00000/a.png"].ShouldBe(6);
        classes.Names.ShouldNotBeNull().Count.ShouldBe(7);
        Parse(Vectors).Vectors.ShouldNotBeNull()["a.png"].ShouldBe([0.5f, -1000f]);
        var none = Parse("""{"labels": null}""");
        (none.Classes, none.Vectors).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"labels": 3}""")]
    [InlineData("""{"labels": [["a.png", 1], ["a.png", 2]]}""")]
    [InlineData("""{"labels": [["a.png", 1], ["b.png", [2]]]}""")]
    [InlineData("""{"labels": [["a.png", [1]], ["b.png", [2, 3]]]}""")]
    [InlineData("""{"labels": [["a.png", -1]]}""")]
    [InlineData("""{"labels": [["a.png", 1.5]]}""")]
    [InlineData("""{"labels": [["a.png", 2000000000]]}""")]
    [InlineData("""{"labels": [["a.png", [1e99]]]}""")]
    [InlineData("""{"labels": [["a.png"]]}""")]
    [InlineData("""{"labels": [["a.png", 1, 2]]}""")]
    [InlineData("""{"labels": [3]}""")]
    [InlineData("""{"labels": [["a.png", 1]""")]
    [InlineData("""{"labels": [["a.png", 1]]} x""")]
    [InlineData("""{"labels": [["a.png", 5]], "label_names": ["only"]}""")]
    public void EveryOtherFormIsRefusedInOneLineThatNamesTheFile(string json)
    {
        var message = Should.Throw<InvalidDataException>(() => Parse(json)).Message;
        message.ShouldStartWith("d.zip: dataset.json: ");
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void MutatedFilesAreReadOrRefusedWithBoundedMemory()
    {
        foreach (var valid in new[] { Classes, Vectors })
        {
            Prop.ForAll(Mutation.Of(Encoding.UTF8.GetBytes(valid)), IsReadOrRefused).QuickCheckThrowOnFailure();
        }
    }

    private static bool IsReadOrRefused(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var json = DatasetJson.Parse(bytes, "a");
            return json.Files.Count <= 2;
        }
        catch (InvalidDataException e)
        {
            return !e.Message.Contains('\n', StringComparison.Ordinal) && GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20;
        }
    }

    private static DatasetJson Parse(string json) => DatasetJson.Parse(Encoding.UTF8.GetBytes(json), "d.zip: dataset.json");
}
