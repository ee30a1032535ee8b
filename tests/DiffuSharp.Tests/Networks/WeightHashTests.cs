using DiffuSharp.Networks;
using DiffuSharp.Tests.Cli;

namespace DiffuSharp.Tests.Networks;

public sealed class WeightHashTests
{
    [Fact]
    public void Notes_in_the_file_do_not_change_it_and_weights_do()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        TinyModel.Save(path);
        var (weights, file) = (WeightHash.Sha256(path), FileHash.Sha256(path));
        using (var model = ModelFile.Load(path))
        {
            ModelFile.WriteDescription(path, model.Description with { Metrics = new Dictionary<string, string> { ["fid"] = "1" } });
        }

        FileHash.Sha256(path).ShouldNotBe(file);
        WeightHash.Sha256(path).ShouldBe(weights);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        WeightHash.Sha256(path).ShouldNotBe(weights);
    }
}
