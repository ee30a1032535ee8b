using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// A family of samplers: a differentiable map from a few named parameters (float64) to the numbers of a tableau. All members have
/// the same layout, so they make the same number of network evaluations.
/// </summary>
public abstract class SamplerFamily : Module
{
    /// <summary>The name on the command line and in sampler files.</summary>
    public abstract string Name { get; }

    /// <summary>The places of the numbers.</summary>
    public abstract TableauLayout Layout { get; }

    /// <summary>Number of learned scalars.</summary>
    public long FreeScalars => parameters().Where(p => p.requires_grad).Sum(p => p.numel());

    /// <summary>The numbers of the present member in the order of the layout: float64 [P], differentiable in the free parameters.</summary>
    public abstract Tensor Coefficients();

    /// <summary>The present member as a sampler.</summary>
    /// <exception cref="InvalidInputException">The parameters make no sampler: a number is not finite.</exception>
    public SamplerTableau Freeze()
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        return Layout.Build(Coefficients().ToArray<double>());
    }

    /// <summary>Leaves only some parameters free; the others keep their initial values.</summary>
    /// <param name="names">Names of parameters.</param>
    /// <exception cref="InvalidInputException">The family has no such parameter.</exception>
    public void Restrict(IReadOnlyCollection<string> names)
    {
        string[] own = [.. named_parameters().Select(p => p.Name)];
        if (names.FirstOrDefault(name => !own.Contains(name)) is { } unknown)
        {
            throw new InvalidInputException($"the family {Name} has no parameter '{unknown}'; its parameters are {string.Join(", ", own)}");
        }

        foreach (var (name, parameter) in named_parameters())
        {
            parameter.requires_grad = names.Contains(name);
        }
    }

    /// <summary>Makes a parameter of given values, float64.</summary>
    protected Parameter Learned(string name, params double[] values)
    {
        using var scope = torch.NewDisposeScope();
        return register_parameter(name, torch.tensor(values));
    }

    /// <summary>Makes a constant vector, float64.</summary>
    protected Tensor Constant(string name, params double[] values)
    {
        using var scope = torch.NewDisposeScope();
        return register_buffer(name, torch.tensor(values));
    }
}
