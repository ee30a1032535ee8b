namespace DiffuSharp.Torch.Modules;

/// <summary>
/// A network or a part of one: parameters, buffers and sub-modules under the names of PyTorch's state dict. Derived classes
/// register what they hold in the order in which PyTorch would declare it.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Parameter Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];

    /// <summary>Whether the module is in training mode (dropout active).</summary>
    public bool training { get; private set; } = true;

    /// <summary>The parameters of this module and its sub-modules with their dotted names, in order of declaration.</summary>
    public IEnumerable<(string Name, Parameter Value)> named_parameters() =>
        Walk().SelectMany(node => node.Module._parameters.Select(p => (node.Prefix + p.Name, p.Value)));

    /// <summary>The non-trained tensors of this module and its sub-modules with their dotted names.</summary>
    public IEnumerable<(string Name, Tensor Value)> named_buffers() =>
        Walk().SelectMany(node => node.Module._buffers.Select(b => (node.Prefix + b.Name, b.Value)));

    /// <summary>This module (empty name) and all below it with their dotted names.</summary>
    public IEnumerable<(string Name, Module Value)> named_modules() =>
        Walk().Select(node => (node.Prefix.TrimEnd('.'), node.Module));

    /// <summary>All parameters.</summary>
    public Parameter[] parameters() => [.. named_parameters().Select(p => p.Value)];

    /// <summary>Parameters, then buffers, by name; the tensors themselves, not copies.</summary>
    public IEnumerable<(string Name, Tensor Value)> state_dict() =>
        named_parameters().Select(p => (p.Name, (Tensor)p.Value)).Concat(named_buffers());

    /// <summary>Copies values into the parameters and buffers, converting type and device.</summary>
    /// <param name="values">Tensors by dotted name.</param>
    /// <exception cref="InvalidDataException">Names are missing or left over, or shapes differ; the message lists the differences.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, Tensor> values)
    {
        require_fit(values.ToDictionary(entry => entry.Key, entry => (entry.Value.shape, entry.Value.Describe())));
        using var mode = torch.no_grad();
        foreach (var (name, tensor) in state_dict())
        {
            tensor.copy_(values[name]);
        }
    }

    /// <summary>Makes tensors the parameters and buffers, without copying them.</summary>
    /// <param name="values">Gives the tensor of a name; it becomes invalid.</param>
    public void assign_state_dict(Func<string, Tensor> values)
    {
        using var mode = torch.no_grad();
        foreach (var (name, tensor) in state_dict())
        {
            using var scope = torch.NewDisposeScope();
            tensor.SetData(values(name));
        }
    }

    /// <summary>Compares names and shapes with those of this module.</summary>
    /// <param name="values">Shapes, and descriptions for messages, by dotted name.</param>
    /// <exception cref="InvalidDataException">Names are missing or left over, or shapes differ; the message lists the differences.</exception>
    public void require_fit(IReadOnlyDictionary<string, (long[] Shape, string Text)> values)
    {
        var own = state_dict().ToDictionary(entry => entry.Name, entry => entry.Value);
        string[] problems =
        [
            .. Shown(own.Keys.Where(name => !values.ContainsKey(name)).Select(name => $"missing {name}")),
            .. Shown(values.Keys.Where(name => !own.ContainsKey(name)).Select(name => $"unexpected {name}")),
            .. Shown(own.Where(entry => values.TryGetValue(entry.Key, out var value) && !value.Shape.SequenceEqual(entry.Value.shape))
                .Select(entry => $"{entry.Key} is {values[entry.Key].Text}, not {entry.Value.Describe()}")),
        ];
        if (problems.Length > 0)
        {
            throw new InvalidDataException($"the weights do not fit the network: {string.Join(", ", problems)}");
        }
    }

    /// <summary>Sets training or evaluation mode for all modules below.</summary>
    public virtual void train(bool on = true)
    {
        training = on;
        foreach (var (_, child) in _children)
        {
            child.train(on);
        }
    }

    /// <summary>Sets evaluation mode.</summary>
    public void eval() => train(false);

    /// <summary>Moves parameters and buffers; floating-point ones also to the type, if given.</summary>
    public void to(Device device, ScalarType? type = null)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (var (_, tensor) in state_dict())
        {
            var floating = tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
            tensor.SetData(tensor.detach().to(device, floating ? type : null));
        }
    }

    /// <summary>Frees the gradients.</summary>
    public void zero_grad()
    {
        foreach (var parameter in parameters())
        {
            parameter.grad = null;
        }
    }

    /// <summary>Sets whether gradients of the parameters are recorded.</summary>
    public void requires_grad_(bool value)
    {
        foreach (var parameter in parameters())
        {
            parameter.requires_grad = value;
        }
    }

    /// <summary>Frees parameters and buffers.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees parameters and buffers of this module and those below.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var (_, child) in _children)
        {
            child.Dispose();
        }

        foreach (var tensor in _parameters.Select(p => (Tensor)p.Value).Concat(_buffers.Select(b => b.Value)))
        {
            tensor.Dispose();
        }
    }

    /// <summary>Adds a parameter.</summary>
    protected Parameter register_parameter(string name, Tensor data)
    {
        var parameter = new Parameter(data);
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Adds a tensor that is saved but not trained.</summary>
    protected Tensor register_buffer(string name, Tensor data)
    {
        _buffers.Add((name, data.DetachFromDisposeScope()));
        return data;
    }

    /// <summary>Adds a sub-module.</summary>
    protected T register_module<T>(string name, T module)
        where T : Module
    {
        _children.Add((name, module));
        return module;
    }

    // The first problems of one kind, and how many more there are.
    private static IEnumerable<string> Shown(IEnumerable<string> problems)
    {
        const int Most = 6;
        var all = problems.ToList();
        return all.Count <= Most ? all : all.Take(Most).Append($"{all.Count - Most} more like these");
    }

    private IEnumerable<(string Prefix, Module Module)> Walk(string prefix = "")
    {
        yield return (prefix, this);
        foreach (var (name, child) in _children)
        {
            foreach (var node in child.Walk($"{prefix}{name}."))
            {
                yield return node;
            }
        }
    }
}
