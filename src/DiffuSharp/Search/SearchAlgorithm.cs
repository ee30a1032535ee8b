using DiffuSharp.Recipes;

namespace DiffuSharp.Search;

/// <summary>How candidates are chosen. All its random numbers are functions of the images' seeds, so that it can be repeated and resumed.</summary>
[RecipeKind("algorithm")]
public abstract record SearchAlgorithm : Recipe
{
    /// <summary>The name.</summary>
    public string Name => Type.Name;

    /// <summary>The options with their values, for reports.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Options => RecipeText.Describe(this);

    /// <summary>Everything that decides what the algorithm does, for checkpoints.</summary>
    public virtual string Identity => RecipeText.Identity(this);

    /// <summary>Whether a winner is a noise, which any sampler can run again; else it is the image itself.</summary>
    public abstract bool FindsNoise { get; }

    /// <summary>Whether the budget of a block is one pool.</summary>
    public virtual bool PoolsBudget => false;

    /// <summary>Checks the options, and that they suit a problem.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(SearchProblem problem)
    {
        Validate();
        Check(problem);
    }

    /// <summary>Spends the budget of a block of images.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public abstract void Run(SearchBlock block);

    /// <summary>Rules that depend on the problem; throws <see cref="InvalidInputException"/> with one line.</summary>
    /// <param name="problem">What is searched.</param>
    protected virtual void Check(SearchProblem problem)
    {
    }
}
