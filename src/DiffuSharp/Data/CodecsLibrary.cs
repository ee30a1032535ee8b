using System.Reflection;
using System.Runtime.InteropServices;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Data;

/// <summary>The C ABI of native/codecs and where its library is found.</summary>
internal static unsafe partial class CodecsLibrary
{
    public const string Name = "diffusharp_codecs";

    static CodecsLibrary() => NativeLibrary.SetDllImportResolver(typeof(CodecsLibrary).Assembly, Resolve);

    /// <summary>Whether the library and the OpenCV it needs can be loaded.</summary>
    public static bool IsAvailable => s_loaded.Value != 0;

    private static readonly Lazy<nint> s_loaded = new(() => Load(SearchFolders()));

    /// <summary>An image as it crosses the border; see native/codecs/codecs.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NativeImage
    {
        public int Width;
        public int Height;
        public int Channels;
        public int Bits;
        public void* Samples;
        public nuint Length;
    }

    [LibraryImport(Name, EntryPoint = "dsc_decode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int Decode(byte* file, nuint length, NativeImage* image, byte* error, nuint errorCapacity);

    [LibraryImport(Name, EntryPoint = "dsc_encode_png")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial int EncodePng(
        NativeImage* image, int level, byte** file, nuint* fileLength, byte* error, nuint errorCapacity);

    [LibraryImport(Name, EntryPoint = "dsc_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial void Free(void* memory);

    [LibraryImport(Name, EntryPoint = "dsc_description")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static partial byte* Description();

    /// <summary>Loads the library from the first folder that has it; 0 when none has.</summary>
    public static nint Load(IEnumerable<string> folders)
    {
        var file = OperatingSystem.IsWindows() ? $"{Name}.dll"
            : OperatingSystem.IsMacOS() ? $"lib{Name}.dylib"
            : $"lib{Name}.so";
        foreach (var folder in folders)
        {
            var handle = FaultHandlers.TryLoad(Path.Combine(folder, file));
            if (handle != 0)
            {
                return handle;
            }
        }

        return 0;
    }

    private static IEnumerable<string> SearchFolders()
    {
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_NATIVE") is { Length: > 0 } folder)
        {
            yield return folder;
        }

        yield return AppContext.BaseDirectory;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        string.Equals(name, Name, StringComparison.Ordinal) ? s_loaded.Value : 0;
}
