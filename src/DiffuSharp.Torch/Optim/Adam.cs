using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Torch.Optim;

/// <summary>
/// Adam (Kingma and Ba 2015) with PyTorch's arithmetic, on multi-tensor operators; with decoupled weight decay it is AdamW
/// (Loshchilov and Hutter 2019).
/// </summary>
public sealed class Adam : IDisposable
{
    private static readonly Operator s_mul_ = new("aten::_foreach_mul_", "Scalar");
    private static readonly Operator s_add_ = new("aten::_foreach_add_", "List");
    private static readonly Operator s_addcmul_ = new("aten::_foreach_addcmul_", "Scalar");
    private static readonly Operator s_addcdiv_ = new("aten::_foreach_addcdiv_", "Scalar");
    private static readonly Operator s_sqrt = new("aten::_foreach_sqrt");
    private static readonly Operator s_div_ = new("aten::_foreach_div_", "Scalar");
    private static readonly Operator s_add_scalar_ = new("aten::_foreach_add_", "Scalar");

    private readonly Parameter[] _parameters;
    private readonly Tensor[] _average;
    private readonly Tensor[] _square;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly double _weightDecay;

    /// <summary>Moments zero.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="lr">Step size.</param>
    /// <param name="beta1">Decay of the gradient average.</param>
    /// <param name="beta2">Decay of the squared-gradient average.</param>
    /// <param name="eps">Added to the root of the squared-gradient average.</param>
    /// <param name="weight_decay">Decoupled weight decay per step, times lr; 0 for Adam.</param>
    public Adam(
        IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
    {
        _parameters = [.. parameters];
        using var mode = torch.no_grad();
        _average = Array.ConvertAll(_parameters, p => torch.zeros_like(p).DetachFromDisposeScope());
        _square = Array.ConvertAll(_parameters, p => torch.zeros_like(p).DetachFromDisposeScope());
        LearningRate = lr;
        _beta1 = beta1;
        _beta2 = beta2;
        _eps = eps;
        _weightDecay = weight_decay;
    }

    /// <summary>Step size of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The moments by index, <c>exp_avg.0</c>, <c>exp_avg_sq.0</c>, …; the tensors themselves.</summary>
    public IEnumerable<(string Name, Tensor Value)> state_dict() =>
        _average.Select((m, i) => ($"exp_avg.{i}", m)).Concat(_square.Select((v, i) => ($"exp_avg_sq.{i}", v)));

    /// <summary>Continues after a number of steps from saved moments.</summary>
    /// <exception cref="InvalidDataException">A moment is missing or has another shape; nothing was changed.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, Tensor> values, long steps)
    {
        using var mode = torch.no_grad();
        foreach (var (name, tensor) in state_dict())
        {
            if (!values.TryGetValue(name, out var value) || !value.shape.SequenceEqual(tensor.shape))
            {
                throw new InvalidDataException($"the optimiser state has no {name} of shape [{string.Join(",", tensor.shape)}]");
            }
        }

        foreach (var (name, tensor) in state_dict())
        {
            tensor.copy_(values[name]);
        }

        Steps = steps;
    }

    /// <summary>One step along the gradients; parameters without one stay as they are.</summary>
    public void step()
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var used = Enumerable.Range(0, _parameters.Length).Select(i => (Index: i, Gradient: _parameters[i].grad)).Where(p => p.Gradient is not null).ToList();
        Tensor[] gradients = [.. used.Select(p => p.Gradient!)];
        Tensor[] parameters = [.. used.Select(p => _parameters[p.Index])];
        Tensor[] average = [.. used.Select(p => _average[p.Index])];
        Tensor[] square = [.. used.Select(p => _square[p.Index])];
        Steps++;
        if (_weightDecay > 0)
        {
            s_mul_.Run(parameters, 1 - (LearningRate * _weightDecay));
        }

        s_mul_.Run(average, _beta1);
        s_add_.Run(average, gradients, 1 - _beta1);
        s_mul_.Run(square, _beta2);
        s_addcmul_.Run(square, gradients, gradients, 1 - _beta2);

        var correction1 = 1 - Math.Pow(_beta1, Steps);
        var correction2 = 1 - Math.Pow(_beta2, Steps);
        var denominator = s_sqrt.CallList(square);
        s_div_.Run(denominator, Math.Sqrt(correction2));
        s_add_scalar_.Run(denominator, _eps);
        s_addcdiv_.Run(parameters, average, denominator, -LearningRate / correction1);
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var (_, tensor) in state_dict().ToList())
        {
            tensor.Dispose();
        }
    }
}
