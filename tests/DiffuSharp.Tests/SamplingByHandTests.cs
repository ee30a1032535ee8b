using DiffuSharp.Data;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tests;

public class SamplingByHandTests
{
    /// <summary>Sampling without the front door: model, sampler, generator.</summary>
    [Fact]
    public void Sampling_by_hand_writes_its_images()
    {
        using var folder = new TemporaryFolder();
        Cli.TinyModel.Save(folder["model.safetensors"]);

        using var model = ModelFile.Load(folder["model.safetensors"]);
        var sampler = new Sampler(new Heun(), steps: 18).Build().Tableau;      // Heun, NFE 35
        var options = new ImageGeneratorOptions { Seeds = [0, 1, 2, 3], Class = 3 };
        var generator = new ImageGenerator(model.Denoiser, sampler, options);
        foreach (var batch in generator.Generate())
        {
            foreach (var (seed, label, image) in batch)
            {
                label.ShouldBe(3);
                ImageFile.Write(folder[$"{seed:000000}.png"], image);
            }
        }

        generator.Cost.Nfe.ShouldBe(35);
        folder.Entries.ShouldBe(["000000.png", "000001.png", "000002.png", "000003.png", "model.safetensors"]);
    }
}
