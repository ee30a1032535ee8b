using System.Text;
using System.Text.Json.Nodes;
using DiffuSharp.Tests.Reports;

namespace DiffuSharp.Tests.Cli;

public sealed class PlotCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PlotCommandTests()
    {
        Write("good.jsonl", """{"solver":"heun","nfe":5,"fid":4,"se":9,"list":[1]}""", """{"solver":"heun","nfe":9,"fid":3,"se":1}""", """{"solver":"ddim","nfe":9,"fid":5}""");
        Write("twice.jsonl", """{"nfe":5,"fid":4,"se":1}""", """{"nfe":5,"fid":4,"se":1}""");
        Write("zero.jsonl", """{"nfe":5,"fid":0}""");
        Write("broken.jsonl", """{"nfe":5,"fid":4}""", """{"nfe":5,""");
        Write("array.jsonl", "[1]");
        Write("empty.jsonl", "");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_page_is_written_and_its_series_are_named()
    {
        var run = CommandLine.Run("plot", _folder["good.jsonl"], "--x", "nfe", "--y", "fid", "--series", "solver", "--log-x", "--dest", _folder["p.html"]);

        run.Error.ShouldBe("");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldBe($"{_folder["p.html"]}: fid over nfe, points of heun (2), ddim (1)\n");
        File.ReadAllText(_folder["p.html"]).ShouldContain("\"domain\":[\"heun\",\"ddim\"]");
    }

    [Fact]
    public void The_specification_is_written_and_the_numbers_are_printed()
    {
        var result = CommandLine.Json(
            "plot", _folder["good.jsonl"], "--x", "nfe", "--y", "fid", "--y-title", "FID", "--title", "Solvers", "--dest", _folder["p.json"]);

        result.GetProperty("charts")[0].GetProperty("y").GetString().ShouldBe("FID");
        result.GetProperty("charts")[0].GetProperty("series")[0].GetProperty("points")[1].GetProperty("y").GetDouble().ShouldBe(4, 1e-12);
        JsonNode.Parse(File.ReadAllText(_folder["p.json"]))!["title"]!["text"]!.GetValue<string>().ShouldBe("Solvers");
    }

    [NodeFact]
    public void A_picture_is_drawn()
    {
        CommandLine.Run("plot", _folder["good.jsonl"], "--x", "nfe", "--y", "fid,nfe", "--dest", _folder["p.svg"]).ExitCode.ShouldBe(0);

        File.ReadAllText(_folder["p.svg"]).ShouldStartWith("<svg");
    }

    [Theory]
    [InlineData("plot --x nfe --y fid", "Required argument 'RESULTS' missing")]
    [InlineData("plot @good.jsonl --y fid", "--x")]
    [InlineData("plot @none.jsonl --x nfe --y fid", "none.jsonl: no such file")]
    [InlineData("plot @good.jsonl --x nfe --y fad", "no line has the field 'fad'; the first one has solver, nfe, fid")]
    [InlineData("plot @good.jsonl --x nfe --y fid --series kind", "no line has the field 'kind'")]
    [InlineData("plot @good.jsonl --x nfe --y solver", "line 1: solver is \"heun\", not a number")]
    [InlineData("plot @good.jsonl --x nfe --y fid --series list", "names no series")]
    [InlineData("plot @good.jsonl --x nfe --y fid, ", "needs the name of a field")]
    [InlineData("plot @good.jsonl --x nfe --y fid --error se --series solver --log-y", "lower end of the error is -5")]
    [InlineData("plot @good.jsonl --x nfe --y fid,nfe --error se", "1 fields with errors for 2")]
    [InlineData("plot @good.jsonl --x nfe --y fid --y-title FID,KID", "2 titles for 1")]
    [InlineData("plot @good.jsonl --x nfe --y fid --dest @p.png", "p.png: plots are written as .svg, .html or .json")]
    [InlineData("plot @good.jsonl --x nfe --y fid --dest @good.jsonl/p.html", "good.jsonl")]
    [InlineData("plot @twice.jsonl --x nfe --y fid --error se", "their spread gives the error")]
    [InlineData("plot @zero.jsonl --x nfe --y fid --log-y", "y is 0 at x = 5")]
    [InlineData("plot @broken.jsonl --x nfe --y fid", "broken.jsonl: line 2 is no JSON object")]
    [InlineData("plot @array.jsonl --x nfe --y fid", "array.jsonl: line 1 is no JSON object")]
    [InlineData("plot @empty.jsonl --x nfe --y fid", "empty.jsonl: is empty")]
    public void Bad_input_gets_one_line_and_leaves_nothing_behind(string arguments, string because)
    {
        var before = _folder.Entries;
        var line = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.StartsWith('@') ? _folder[a[1..]] : a).ToList();
        if (!line.Contains("--dest"))
        {
            line.AddRange(["--dest", _folder["new.html"]]);
        }

        CommandLine.Run([.. line]).ShouldBeRefused(because);
        _folder.Entries.ShouldBe(before);
    }

    private void Write(string name, params string[] lines) => _folder.Write(name, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
}
