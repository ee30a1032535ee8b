using System.Reflection;
using System.Runtime.Loader;

namespace DiffuSharp.Recipes;

/// <summary>Class libraries of others whose recipes are used like the built-in ones. Loading one runs its code: only files that the user names are loaded.</summary>
public static class Plugins
{
    private static readonly List<Assembly> s_loaded = [];

    /// <summary>The plug-in in whose code an exception began; null for none.</summary>
    public static string? Origin(Exception exception)
    {
        var assembly = exception.TargetSite?.Module.Assembly;
        lock (s_loaded)
        {
            return assembly is not null && s_loaded.Contains(assembly) ? assembly.GetName().Name : null;
        }
    }

    /// <summary>Loads a plug-in and adds its recipes; a second time does nothing.</summary>
    /// <param name="path">The assembly; libraries that it needs lie beside it.</param>
    /// <exception cref="InvalidInputException">It cannot be loaded, has no recipe, or was built for another DiffuSharp; one line.</exception>
    public static void Load(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new InvalidInputException($"plug-in {path}: no such file; check the name");
        }

        try
        {
            var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(full);
            lock (s_loaded)
            {
                if (s_loaded.Contains(assembly))
                {
                    return;
                }

                s_loaded.Add(assembly);
            }

            AssemblyLoadContext.Default.Resolving += (context, name) =>
                Path.Combine(Path.GetDirectoryName(full)!, $"{name.Name}.dll") is var beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
            if (RecipeCatalog.Add(assembly) == 0)
            {
                throw new InvalidInputException("holds no recipe: no sealed record with [Recipe]");
            }
        }
        catch (ReflectionTypeLoadException error)
        {
            throw OfAnotherBuild(path, error.LoaderExceptions.FirstOrDefault(e => e is not null)?.Message ?? error.Message);
        }
        catch (BadImageFormatException)
        {
            throw new InvalidInputException($"plug-in {path}: is no .NET assembly");
        }
        catch (Exception error) when (error is FileLoadException or TypeLoadException or MissingMemberException)
        {
            throw OfAnotherBuild(path, error.Message);
        }
        catch (InvalidInputException error)
        {
            throw new InvalidInputException($"plug-in {path}: {error.Message}");
        }
    }

    private static InvalidInputException OfAnotherBuild(string path, string why) =>
        new($"plug-in {path}: {why.ReplaceLineEndings(" ")}; build it against this DiffuSharp");
}
