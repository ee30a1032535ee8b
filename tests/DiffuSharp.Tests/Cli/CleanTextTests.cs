using DiffuSharp.Cli.Output;

namespace DiffuSharp.Tests.Cli;

/// <summary>What files say on the terminal.</summary>
public sealed class CleanTextTests
{
    [Fact]
    public void Control_characters_of_files_never_reach_the_console()
    {
        using var writer = new StringWriter();
        Terminal.Over(writer).WriteFacts([("name", "a\u001b]0;PWN\u0007b\u009b2Jc")]);

        writer.ToString().ShouldContain("]0;PWN");
        writer.ToString().TrimEnd('\n').ShouldAllBe(c => !char.IsControl(c));
        CleanText.Of("a\u001b]0;PWN\u0007b\u009b2Jc").ShouldBe("a?]0;PWN?b?2Jc");
        CleanText.Of("two\nlines\tand é").ShouldBe("two\nlines\tand é");
    }
}
