using System.Text;
using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Cli;

public sealed class SamplerImportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_scheduler_becomes_a_sampler_file_that_says_where_it_is_from()
    {
        var scheduler = _folder.Write("scheduler_config.json", Encoding.UTF8.GetBytes("{\"_class_name\":\"DDPMScheduler\"}"));
        var run = CommandLine.Run("sampler", "import", scheduler, _folder["ddpm.sampler.json"], "--steps", "10");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("--clip-denoised");
        var file = SamplerFile.Load(_folder["ddpm.sampler.json"]);
        (file.Metadata.Solver, file.Tableau.Nfe, file.Tableau.NoiseDraws).ShouldBe(("DDPMScheduler", 10, 9));
    }

    [Fact]
    public void What_is_not_supported_is_named_and_nothing_is_written()
    {
        var scheduler = _folder.Write("scheduler_config.json", Encoding.UTF8.GetBytes("{\"_class_name\":\"TCDScheduler\"}"));
        CommandLine.Run("sampler", "import", scheduler, _folder["x.sampler.json"]).ShouldBeRefused("TCDScheduler");
        File.Exists(_folder["x.sampler.json"]).ShouldBeFalse();
    }
}
