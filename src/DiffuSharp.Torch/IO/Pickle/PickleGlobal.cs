namespace DiffuSharp.Torch.IO.Pickle;

/// <summary>A Python function or class that a pickle refers to by name; nothing is ever imported.</summary>
/// <param name="Name">Module and name, such as <c>collections.OrderedDict</c>.</param>
internal sealed record PickleGlobal(string Name);
