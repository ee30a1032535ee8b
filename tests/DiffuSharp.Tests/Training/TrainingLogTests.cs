using System.Text.Json;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

public sealed class TrainingLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_measurement_that_is_no_number_is_written_as_such()
    {
        var run = RunDirectory.Create(_folder.Path, "a");
        using (var log = new TrainingLog(run, 0))
        {
            log.Measured(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["a"] = double.NaN, ["b"] = new Dictionary<string, double>(StringComparer.Ordinal) { ["c"] = double.PositiveInfinity },
            });
        }

        using var line = JsonDocument.Parse(File.ReadAllText(run.StatsFile));
        line.RootElement.GetProperty("a").GetString().ShouldBe("NaN");
        line.RootElement.GetProperty("b").GetProperty("c").GetString().ShouldBe("Infinity");
    }

    public void Dispose() => _folder.Dispose();
}
