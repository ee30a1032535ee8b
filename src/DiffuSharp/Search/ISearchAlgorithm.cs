namespace DiffuSharp.Search;

/// <summary>How candidates are chosen. All its random numbers are functions of the images' seeds, so that it can be repeated and resumed.</summary>
public interface ISearchAlgorithm
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>The options under their command line names.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Options { get; }

    /// <summary>Whether a winner is a noise, which any sampler can run again; else it is the image itself.</summary>
    bool FindsNoise { get; }

    /// <summary>Whether the budget of a block is one pool.</summary>
    bool PoolsBudget => false;

    /// <summary>Checks the options against the problem.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    void Validate(SearchProblem problem);

    /// <summary>Spends the budget of a block of images.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    void Run(SearchBlock block);
}
