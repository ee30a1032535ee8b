namespace DiffuSharp.Torch.IO;

/// <summary>What the system said of a file that could not be opened: POSIX error numbers, or HRESULTs on Windows.</summary>
internal static class FileError
{
    private const int Again = 11; // EAGAIN on Linux
    private const int AgainOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int Exists = 17; // EEXIST
    private const int FileExists = unchecked((int)0x80070050);

    /// <summary>Another handle holds the file.</summary>
    public static bool IsInUse(IOException error) => error.HResult is Again or AgainOnMac or SharingViolation;

    /// <summary>It was to be created, but is there.</summary>
    public static bool IsThere(IOException error) => error.HResult is Exists or FileExists;
}
