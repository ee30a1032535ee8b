using System.Globalization;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// The table of docs/convergence.md: measured here, compared with the nominal orders and with the file. With DIFFUSHARP_WRITE_DOCS=1 the
/// test writes the table into the file first.
/// </summary>
public sealed class ConvergenceTableTests
{
    private const string Begin = "<!-- measured -->";
    private const string End = "<!-- end -->";
    private const double Tolerance = 0.12;

    // The order of the formula and of a run with start and end.
    private static readonly Dictionary<string, (double Formula, double Run)> s_nominal = new(StringComparer.Ordinal)
    {
        ["euler"] = (1, 1),
        ["heun"] = (2, 2),
        ["ddim"] = (1, 1),
        ["ddpm"] = (1, 1),
        ["ddpm-large"] = (1, 1),
        ["euler-maruyama"] = (1, 1),
        ["pndm"] = (4, 2),
        ["ipndm"] = (4, 2),
        ["deis-2"] = (2, 2),
        ["deis-3"] = (3, 2),
        ["deis-4"] = (4, 2),
        ["dpmpp-2m"] = (2, 2),
        ["dpmpp-3m"] = (2, 2),
        ["lms"] = (4, 2),
        ["dpm2"] = (2, 2),
        ["dpmpp-2s"] = (2, 2),
        ["dpm-singlestep"] = (3, 2),
        ["ipndm-v"] = (4, 2),
        ["pndm-prk"] = (4, 2),
        ["sa-solver"] = (4, 4),
        ["euler-ancestral"] = (1, 1),
        ["dpm2-ancestral"] = (2, 2),
        ["dpmpp-2s-ancestral"] = (2, 2),
        ["dpmpp-sde"] = (2, 2),
        ["dpmpp-2m-sde"] = (2, 2),
        ["dpmpp-3m-sde"] = (2, 2),
        ["unipc-2"] = (3, 2),
        ["unipc-3"] = (4, 2),
    };

    [Fact]
    public void Every_solver_converges_with_its_order_as_the_documented_table_says()
    {
        (string Name, double Formula, double Run)[] measured = [.. SolverNames.Tunable.Select(Measure)];
        var path = RepositoryFolder.File("docs", "convergence.md");
        var text = File.ReadAllText(path);
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_WRITE_DOCS") == "1")
        {
            text = text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + "\n\n" + Table(measured) + "\n" + text[text.IndexOf(End, StringComparison.Ordinal)..];
            File.WriteAllText(path, text);
        }

        var documented = text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells, StringComparer.Ordinal);
        documented.Count.ShouldBe(measured.Length);
        foreach ((var name, var formula, var run) in measured)
        {
            formula.ShouldBe(s_nominal[name].Formula, Tolerance, name);
            run.ShouldBe(s_nominal[name].Run, Tolerance, name);
            Number(documented[name][2]).ShouldBe(s_nominal[name].Formula, name);
            Number(documented[name][3]).ShouldBe(formula, 0.011, name);
            Number(documented[name][4]).ShouldBe(run, 0.011, name);
        }
    }

    [Theory]
    [InlineData(3, UniPCVariant.Bh2, false, 3)]
    [InlineData(3, UniPCVariant.Bh1, false, 3)]
    [InlineData(3, UniPCVariant.Bh1, true, 4)]
    [InlineData(1, UniPCVariant.Bh2, true, 2)]
    public void The_corrector_of_UniPC_adds_one_order(int order, UniPCVariant variant, bool corrector, double expected)
    {
        var solver = new UniPC { Order = order, Variant = variant, Corrector = corrector };
        MeasuredOrder.OfFormula(solver).ShouldBe(expected, Tolerance);
    }

    [Theory]
    [InlineData(DeisVariable.Sigma)]
    [InlineData(DeisVariable.LogSigma)]
    public void DEIS_has_its_order_in_every_variable(DeisVariable variable)
    {
        var solver = new Deis { Polynomial = variable };
        MeasuredOrder.OfFormula(solver).ShouldBe(3, Tolerance);
    }

    private static (string Name, double Formula, double Run) Measure(string name)
    {
        var solver = RecipeText.Parse<Solver>(name);
        if (solver is Ddpm or EulerMaruyama or Ddim { Eta: > 0 })
        {
            var weak = MeasuredOrder.Weak(solver, MeasuredOrder.Geometric);
            return (name, weak, weak);
        }

        if (solver is DpmSolver2 { Eta: > 0 } or DpmSolverPlusPlus2S { Eta: > 0 } or DpmSolverSde or DpmSolverMultistepSde)
        {
            var weak = MeasuredOrder.WeakOnGaussian(solver);
            return (name, weak, weak);
        }

        solver = solver is SaSolver sa ? sa with { Tau = 0 } : solver;

        return (name, MeasuredOrder.OfFormula(solver), MeasuredOrder.AsRun(solver));
    }

    private static string Table(IEnumerable<(string Name, double Formula, double Run)> measured) =>
        "| solver | order of the formula | measured | measured as run |\n|---|---|---|---|\n" + string.Concat(measured.Select(m =>
            string.Create(CultureInfo.InvariantCulture, $"| `{m.Name}` | {s_nominal[m.Name].Formula} | {m.Formula:0.00} | {m.Run:0.00} |\n")));

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
