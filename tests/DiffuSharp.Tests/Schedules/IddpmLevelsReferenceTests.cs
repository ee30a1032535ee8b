using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Schedules;

[Trait("Category", "Reference")]
public sealed class IddpmLevelsReferenceTests
{
    [Fact]
    public void Single_precision_recursion_gives_the_levels_of_the_reference_network_to_the_bit()
    {
        float[] expected = LevelsOfNetwork();
        int m = expected.Length - 1;
        var u = new float[m + 1];
        for (int j = m; j > 0; j--)
        {
            float ratio = Math.Max(IddpmLevels.AlphaBar(j - 1, m) / IddpmLevels.AlphaBar(j, m), 0.001f);
            u[j - 1] = MathF.Sqrt((u[j] * u[j] + 1) / ratio - 1);
        }

        u.ShouldBe(expected);
    }

    // The tensor "buffer:u" of the network with iDDPM preconditioning.
    private static float[] LevelsOfNetwork()
    {
        byte[] file = File.ReadAllBytes(ReferenceFixtures.Path("networks", "adm-iddpm.safetensors"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var document = JsonDocument.Parse(file.AsMemory(8, header));
        JsonElement offsets = document.RootElement.GetProperty("buffer:u").GetProperty("data_offsets");
        int start = offsets[0].GetInt32();
        return MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + header + start, offsets[1].GetInt32() - start)).ToArray();
    }
}
