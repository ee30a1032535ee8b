namespace DiffuSharp.Cli;

/// <summary>The model that comes with the program.</summary>
internal static class ShippedModel
{
    public const string Name = "models/fashion-mnist.safetensors";

    /// <summary>Its path; null if it is not there.</summary>
    public static string? Find(string? folder = null) => Find(Name, folder);

    /// <summary>The path of any file that comes with the program, searched for beside it and upwards from there; null if it is not there.</summary>
    public static string? Find(string name, string? folder)
    {
        for (var at = new DirectoryInfo(folder ?? AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>The path that the user named, else the shipped model's.</summary>
    /// <exception cref="InvalidInputException">There is neither.</exception>
    public static string Or(string? named) => named ?? Find() ?? throw new InvalidInputException(
        $"no model: {Name} is not there; train one with 'diffusharp train --preset fashion-mnist' or name one with --network");
}
