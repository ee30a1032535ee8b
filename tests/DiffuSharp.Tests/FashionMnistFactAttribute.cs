using DiffuSharp.Data;

namespace DiffuSharp.Tests;

/// <summary>A test on the real files of Fashion-MNIST; skipped, saying why, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FashionMnistFactAttribute : FactAttribute
{
    public FashionMnistFactAttribute()
    {
        if (!File.Exists(Path.Combine(FashionMnist.DebianFolder, "train-images-idx3-ubyte.gz")))
        {
            Skip = $"{FashionMnist.DebianFolder} is not there: install Debian's dataset-fashion-mnist";
        }
    }
}
