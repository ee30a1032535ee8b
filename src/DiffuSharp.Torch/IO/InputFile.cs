using Microsoft.Win32.SafeHandles;

namespace DiffuSharp.Torch.IO;

/// <summary>Opens files for reading.</summary>
internal static class InputFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The path names a folder.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw InvalidFile.Error(path, "is a folder, not a file", "name the file itself");
        }

        try
        {
            return File.OpenHandle(path);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException($"Could not find file '{Path.GetFullPath(path)}'.", path, e);
        }
    }
}
