using DiffuSharp.Cli.Output;

namespace DiffuSharp.Tests.Cli;

public class DurationTests
{
    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(528.4, "8 min 48 s")]
    [InlineData(7529, "2 h 5 min")]
    [InlineData(97200, "1 d 3 h")]
    public void Times_have_units(double seconds, string text) => Duration.Text(seconds).ShouldBe(text);
}
