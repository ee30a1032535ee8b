using System.Text;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

/// <summary>tools/trace_sampler.py on samplers that are written here, with plain numbers or PyTorch's.</summary>
public sealed class TracedSamplerTests : IDisposable
{
    private const string Samplers = """
        def heun(model, x, sigmas, rounds=1):
            for s, n in zip(sigmas, sigmas[1:]):
                d = (x - model(x, s)) / s
                e = x + (n - s) * d
                x = e if n == 0 else x + (n - s) * (0.5 * d + 0.5 * (e - model(e, n)) / n)
            return x

        def ancestral(model, x, sigmas, noise_sampler=None):
            for s, n in zip(sigmas, sigmas[1:]):
                up = n * (1 - n ** 2 / s ** 2) ** 0.5
                down = (n ** 2 - up ** 2) ** 0.5
                D = model(x, s)
                x = D + down / s * (x - D)
                if n > 0:
                    x = x + noise_sampler(s, n) * up
            return x

        def two_stage(model, x, sigmas, noise_sampler=None):
            for s, n in zip(sigmas, sigmas[1:]):
                D = model(x, s)
                if n == 0:
                    return D
                m = (s * n) ** 0.5
                up_m, up = m * (1 - m ** 2 / s ** 2) ** 0.5, n * (1 - n ** 2 / s ** 2) ** 0.5
                a, b = m ** 2 / s / s, n ** 2 / s / s
                y = a * x + (1 - a) * D + noise_sampler(s, m) * up_m
                x = b * x + (1 - b) * model(y, m) + noise_sampler(s, n) * up

        def torch_euler(model, x, sigmas):
            import torch
            ones = x.new_ones([x.shape[0]])
            for i in range(len(sigmas) - 1):
                D = model(x, sigmas[i] * ones)
                x = torch.lerp(D, x, sigmas[i + 1] / sigmas[i]).add_(torch.randn_like(x) * 0)
            return x

        def clamped(model, x, sigmas):
            return model(x, sigmas[0]).clamp(-1, 1)
        """;

    private static readonly NoiseLevels s_levels = new([80, 10, 1, 0.1, 0]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PythonFact]
    public void A_traced_sampler_is_the_solver_that_it_writes_down()
    {
        foreach (var (function, solver) in new[] { ("heun", "heun"), ("ancestral", "euler-ancestral"), ("two_stage", "dpmpp-sde") })
        {
            var file = Traced(function);
            file.Metadata.Solver.ShouldBe(function);
            Sample(file.Tableau).ShouldBe(Sample(RecipeText.Parse<Solver>(solver).Build(s_levels)), 1e-12, function);
        }
    }

    [PythonFact]
    public void Options_reach_the_sampler_and_the_file() =>
        Traced("heun", "'--set', 'rounds=2'").Metadata.Options.ShouldContain(KeyValuePair.Create("rounds", "2"));

    [PythonFact]
    public void What_is_not_linear_is_named_and_nothing_is_written()
    {
        Run("clamped", _folder["no.sampler.json"]).ShouldNotBeNull().ShouldContain("cannot be traced: it uses 'clamp' of an image");
        File.Exists(_folder["no.sampler.json"]).ShouldBeFalse();
    }

    [PyTorchFact]
    public void Functions_of_PyTorch_are_followed() =>
        Sample(Traced("torch_euler").Tableau).ShouldBe(Sample(new Euler().Build(s_levels)), 1e-12);

    private SamplerFile Traced(string function, string flags = "")
    {
        Run(function, _folder[$"{function}.sampler.json"], flags).ShouldBeNull();
        return SamplerFile.Load(_folder[$"{function}.sampler.json"]);
    }

    private string? Run(string function, string destination, string flags = "")
    {
        var source = _folder.Write("mine.py", Encoding.UTF8.GetBytes(Samplers));
        return Python.Run($"""
            import runpy, sys
            sys.argv = ['trace_sampler.py', '{source}:{function}', '--sigmas', '80,10,1,0.1,0', '--dest', '{destination}', {flags}]
            runpy.run_path('{RepositoryFolder.File("tools", "trace_sampler.py")}', run_name='__main__')
            """);
    }

    private static double Sample(SamplerTableau tableau) =>
        new ReferenceRunner((x, sigma) => [Math.Tanh(x[0] / (sigma * sigma))]).Run(tableau, [0.7], row => [Math.Sin(row)])[0];
}
