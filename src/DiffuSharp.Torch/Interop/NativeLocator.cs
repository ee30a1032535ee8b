using System.Reflection;
using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.Interop;

/// <summary>Finds DiffuSharp's native libraries: the folder DIFFUSHARP_NATIVE, then the program's own.</summary>
internal static class NativeLocator
{
    public static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLocator).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Native.Library)
        {
            return 0;
        }

        var path = Path.Combine(Folder(), $"lib{name}.so");
        if (!File.Exists(path))
        {
            throw new DllNotFoundException(
                $"{path} is missing: build it with 'make build', or name its folder in DIFFUSHARP_NATIVE");
        }

        WaitingThreads.Limit();
        return FaultHandlers.Load(path);
    }

    private static string Folder() =>
        Environment.GetEnvironmentVariable("DIFFUSHARP_NATIVE") is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
}
