namespace DiffuSharp.Torch.Modules;

/// <summary>Modules by name, in the order in which they were added.</summary>
/// <typeparam name="T">Kind of the modules.</typeparam>
public sealed class ModuleDict<T> : Module
    where T : Module
{
    private readonly List<(string Name, T Value)> _items = [];

    /// <summary>The modules with their names.</summary>
    public IReadOnlyList<(string Name, T Value)> items => _items;

    /// <summary>Adds a module and returns it.</summary>
    public TItem add<TItem>(string name, TItem module)
        where TItem : T
    {
        _items.Add((name, register_module(name, module)));
        return module;
    }
}
