using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Tuning;

/// <summary>experiments/ddss/reshape.py on samplers of which the result is known.</summary>
public sealed class ReshapeTests : IDisposable
{
    private const double Last = 0.25;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PythonFact]
    public void A_level_inserted_into_DDIM_makes_the_DDIM_of_one_level_more()
    {
        var expected = new Ddim().Build(new NoiseLevels([80, 10, 1, 0.3, 0]));

        var inserted = Reshaped("insert", new Ddim().Build(new NoiseLevels([80, 10, 1, 0])), "'--sigma', '0.3'");

        inserted.Nfe.ShouldBe(4);
        Sample(inserted).ShouldBe(Sample(expected), 1e-12);
    }

    [PythonFact]
    public void A_last_evaluation_that_returns_its_input_can_be_moved_or_dropped()
    {
        var rows = new Ddim().Build(new NoiseLevels([80, 2, Last, 0])).Rows;
        var sampler = new SamplerTableau([.. rows.SkipLast(1), new SamplerRow(0, 0, [], [new Term(0, 0.1), new Term(1, 0.3), new Term(2, 0.55)], 0)]);

        var (dropped, moved) = (Reshaped("drop", sampler), Reshaped("last", sampler));

        dropped.Nfe.ShouldBe(2);
        Sample(dropped).ShouldBe(Sample(sampler), 1e-12);
        moved.Nfe.ShouldBe(3);
        moved.Rows[^1].Denoised.ShouldBe([new Term(2, 1)]);
        Sample(moved).ShouldBe(Sample(sampler), 1e-12);
    }

    [PythonFact]
    public void A_level_above_the_last_one_is_refused() =>
        Run("insert", new Ddim().Build(new NoiseLevels([80, 10, 1, 0])), "'--sigma', '2'").ShouldBe("reshape.py: --sigma must lie between 0 and 1, the last level");

    private SamplerTableau Reshaped(string shape, SamplerTableau sampler, string flags = "")
    {
        Run(shape, sampler, flags).ShouldBeNull();
        return SamplerFile.Load(_folder["out.sampler.json"]).Tableau;
    }

    private string? Run(string shape, SamplerTableau sampler, string flags = "")
    {
        new SamplerFile(sampler, new SamplerMetadata("test", [], "test")).Save(_folder["in.sampler.json"]);
        return Python.Run($"""
            import runpy, sys
            sys.argv = ['reshape.py', '{shape}', '{_folder["in.sampler.json"]}', '{_folder["out.sampler.json"]}', {flags}]
            runpy.run_path('{RepositoryFolder.File("experiments", "ddss", "reshape.py")}', run_name='__main__')
            """);
    }

    // The sample from a draw of 1, of a nonlinear denoiser that returns its input at the level Last.
    private static double Sample(SamplerTableau sampler)
    {
        var (x, denoised) = (new List<double>(), new List<double>());
        foreach (var row in sampler.Rows)
        {
            x.Add(row.Prior + row.States.Sum(term => term.Coefficient * x[term.Row]) + row.Denoised.Sum(term => term.Coefficient * denoised[term.Row]));
            denoised.Add(row.Sigma == Last ? x[^1] : Math.Tanh(x[^1] / (1 + row.Sigma)));
        }

        return x[^1];
    }
}
