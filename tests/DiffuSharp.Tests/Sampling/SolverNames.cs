using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tests.Sampling;

/// <summary>Every solver under the name that people use: recipes with one order each, and the aliases of the others.</summary>
internal static class SolverNames
{
    private static readonly RecipeKind s_kind = RecipeCatalog.KindOf(typeof(Solver));

    public static IReadOnlyList<string> All { get; } =
        [.. s_kind.Recipes.Where(r => r.ClrType.Assembly == typeof(Solver).Assembly).Select(r => r.Name).Except(["deis", "dpmpp", "dpmpp-msde", "unipc"]), .. RecipeAliases.Names(s_kind)];

    public static IReadOnlyList<string> Tunable { get; } = [.. All.Where(name => !RecipeText.Parse<Solver>(name).LearnsNoise)];
}
