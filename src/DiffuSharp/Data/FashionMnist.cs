namespace DiffuSharp.Data;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017) by name: 60,000 training and 10,000 test images, 28x28 grey, 10 classes.</summary>
internal static class FashionMnist
{
    public const string TrainingName = "fashion-mnist";
    public const string TestName = "fashion-mnist:test";
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>Names of the classes 0 to 9.</summary>
    public static readonly IReadOnlyList<string> Classes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>Opens the training or the test images.</summary>
    /// <exception cref="InvalidInputException">The files are in none of the known folders.</exception>
    public static IdxImageSource Open(bool test)
    {
        var file = $"{(test ? "t10k" : "train")}-images-idx3-ubyte";
        var path = Folders().SelectMany(folder => new[] { Path.Combine(folder, file + ".gz"), Path.Combine(folder, file) })
            .FirstOrDefault(File.Exists);
        return path is null
            ? throw new InvalidInputException(
                $"fashion-mnist: {file}.gz is not in {DebianFolder} nor in the folder DIFFUSHARP_DATA; "
                + "install Debian's dataset-fashion-mnist or set DIFFUSHARP_DATA to the folder of the four files")
            : new IdxImageSource(path, test ? "fashion-mnist-test" : TrainingName, Classes);
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_DATA") is { Length: > 0 } folder)
        {
            yield return Path.Combine(folder, TrainingName);
            yield return folder;
        }

        yield return DebianFolder;
    }
}
