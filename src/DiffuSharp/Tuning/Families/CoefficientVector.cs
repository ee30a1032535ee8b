using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Families;

/// <summary>The numbers of a tableau put together block by block, with their places.</summary>
internal sealed class CoefficientVector
{
    private readonly List<TableauCoefficient> _places = [];
    private readonly List<Tensor> _blocks = [];

    /// <summary>Adds numbers.</summary>
    /// <param name="places">One place for each.</param>
    /// <param name="values">float64, as many.</param>
    public void Add(IEnumerable<TableauCoefficient> places, Tensor values)
    {
        _places.AddRange(places);
        _blocks.Add(values.reshape(-1));
    }

    /// <summary>Adds one number.</summary>
    public void Add(TableauCoefficient place, Tensor value) => Add([place], value);

    /// <summary>The places so far.</summary>
    public TableauLayout Layout(int rows) => new(rows, _places);

    /// <summary>[P].</summary>
    public Tensor Values() => torch.cat([.. _blocks]);
}
