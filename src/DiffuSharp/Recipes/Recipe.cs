using System.ComponentModel.DataAnnotations;

namespace DiffuSharp.Recipes;

/// <summary>
/// A choice of the user as a value: a solver, a verifier, a loss. Its init-only properties are its options, their initialisers the defaults,
/// <see cref="RangeAttribute"/> and <see cref="Check"/> the rules, its documentation comment the help. Command line, catalogue, files, identity and
/// reports follow from the record alone. A recipe is a sealed record with <see cref="RecipeAttribute"/> that has a constructor without parameters;
/// it derives from the record of its kind (<see cref="RecipeKindAttribute"/>).
/// </summary>
public abstract record Recipe
{
    /// <summary>What the catalogue knows of it.</summary>
    public RecipeType Type => RecipeCatalog.TypeOf(GetType());

    /// <summary>Checks the range of every option and the rules between them.</summary>
    /// <exception cref="InvalidInputException">One line that names the recipe and the option.</exception>
    public void Validate()
    {
        foreach (var option in Type.Options)
        {
            option.Check(this);
        }

        Check();
    }

    /// <summary>The recipe's text, <c>name:key=value,key=value</c>, with the options that differ from their defaults; it parses back to the same recipe.</summary>
    public sealed override string ToString() => RecipeText.Write(this);

    /// <summary>Rules beyond ranges; throws <see cref="InvalidInputException"/> with one line.</summary>
    protected virtual void Check()
    {
    }

    /// <summary>An error of this recipe: its name, then what is wrong.</summary>
    /// <param name="what">For example <c>S_min is 3 and S_max is 1; S_min must not exceed S_max</c>.</param>
    protected InvalidInputException Invalid(string what) => new($"{Type.Name}: {what}");
}
