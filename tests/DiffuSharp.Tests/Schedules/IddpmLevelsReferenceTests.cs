using DiffuSharp.Schedules;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Schedules;

[Trait("Category", "Reference")]
public sealed class IddpmLevelsReferenceTests
{
    [ReferenceSineFact]
    public void Single_precision_recursion_gives_the_levels_of_the_reference_network_to_the_bit()
    {
        var expected = LevelsOfNetwork();
        var m = expected.Length - 1;
        var alphaBar = IddpmLevels.AlphaBar(m);
        var u = new float[m + 1];
        for (var j = m; j > 0; j--)
        {
            var ratio = Math.Max(alphaBar[j - 1] / alphaBar[j], 0.001f);
            u[j - 1] = MathF.Sqrt((u[j] * u[j] + 1) / ratio - 1);
        }

        u.ShouldBe(expected);
    }

    private static float[] LevelsOfNetwork()
    {
        using var file = SafetensorsFile.Open(ReferenceFolder.File("networks", "adm-iddpm.safetensors"));
        using var u = file.ReadTensor("buffer:u");
        return u.ToArray<float>();
    }
}
