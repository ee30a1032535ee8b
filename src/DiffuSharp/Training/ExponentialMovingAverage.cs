using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Training;

/// <summary>
/// The exponential moving average of a network's weights, a ← β a + (1 − β) w with β = 0.5^(batch / half-life), whose half-life
/// is measured in images and ramps up (EDM, Karras et al. 2022, training configurations). Buffers are copied.
/// </summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private static readonly Operator s_mul_ = new("aten::_foreach_mul_", "Scalar");
    private static readonly Operator s_add_ = new("aten::_foreach_add_", "List");

    private readonly ExponentialMovingAverageOptions _options;
    private readonly string[] _names;  // of the parameters, then of the buffers
    private readonly Tensor[] _parameters;
    private readonly Tensor[] _buffers;
    private readonly Tensor[] _averages;
    private readonly Tensor[] _copies;

    /// <summary>Starts with a copy of the weights.</summary>
    /// <param name="module">The network that is trained; it must stay on its device.</param>
    /// <param name="options">How fast the average forgets.</param>
    /// <exception cref="InvalidInputException">The options are out of range.</exception>
    public ExponentialMovingAverage(Module module, ExponentialMovingAverageOptions options)
    {
        options.Validate();
        _options = options;
        _names = [.. module.state_dict().Select(entry => entry.Name)];
        _parameters = module.parameters();
        _buffers = [.. module.named_buffers().Select(entry => entry.Value)];
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        _averages = Array.ConvertAll(_parameters, Copy);
        _copies = Array.ConvertAll(_buffers, Copy);

        static Tensor Copy(Tensor tensor) => tensor.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>β of one update.</summary>
    /// <param name="batch">Images of the step.</param>
    /// <param name="imagesSeen">Images of all steps before it; 0 gives β = 0, a copy, where there is a ramp.</param>
    public double Beta(long batch, long imagesSeen) =>
        Math.Pow(0.5, batch / Math.Min(_options.HalfLife, _options.RampUpRatio * imagesSeen ?? double.PositiveInfinity));

    /// <summary>Takes the weights of the network into the average, after a step of the optimiser.</summary>
    /// <param name="batch">Images of the step.</param>
    /// <param name="imagesSeen">Images of all steps before it.</param>
    public void Update(long batch, long imagesSeen)
    {
        using var mode = torch.no_grad();
        var beta = Beta(batch, imagesSeen);
        s_mul_.Run(_averages, beta);
        s_add_.Run(_averages, _parameters, 1 - beta);
        foreach (var (copy, buffer) in _copies.Zip(_buffers))
        {
            copy.copy_(buffer);
        }
    }

    /// <summary>
    /// Averaged parameters and copied buffers under the names of the module's state dict; the tensors themselves.
    /// </summary>
    public IEnumerable<(string Name, Tensor Value)> state_dict() => _names.Zip(_averages.Concat(_copies));

    /// <summary>Continues from a saved state.</summary>
    /// <param name="values">Tensors by name; others than those of the state are passed over.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or of another shape.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (var (name, tensor) in state_dict())
        {
            if (!values.TryGetValue(name, out var value))
            {
                throw new InvalidDataException($"the averaged weights have no {name}");
            }

            if (!value.shape.SequenceEqual(tensor.shape))
            {
                throw new InvalidDataException($"{name} of the averaged weights is {value.Describe()}, not {tensor.Describe()}");
            }
        }

        using var mode = torch.no_grad();
        foreach (var (name, tensor) in state_dict())
        {
            tensor.copy_(values[name]);
        }
    }

    /// <summary>Gives the averaged weights to a network of the same form, on any device.</summary>
    /// <exception cref="InvalidDataException">The network has another form.</exception>
    public void CopyTo(Module module) =>
        module.load_state_dict(state_dict().ToDictionary(entry => entry.Name, entry => entry.Value));

    /// <summary>Frees the average.</summary>
    public void Dispose()
    {
        foreach (var (_, tensor) in state_dict())
        {
            tensor.Dispose();
        }
    }
}
