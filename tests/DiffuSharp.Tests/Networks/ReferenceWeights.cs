using System.Text.Json;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Networks;

/// <summary>The weight generator of the reference numbers (tests/fixtures/reference/README.md).</summary>
internal static class ReferenceWeights
{
    public static Dictionary<string, Tensor> Make(JsonElement parameters) =>
        parameters.EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!, Make1);

    public static double Uniform(uint k, uint p, uint s)
    {
        unchecked
        {
            var x = k + (p * 0x9E3779B9u) + (s * 0x85EBCA6Bu);
            x ^= x >> 16;
            x *= 0x7FEB352Du;
            x ^= x >> 15;
            x *= 0x846CA68Bu;
            x ^= x >> 16;
            return (x / 2147483648.0) - 1;
        }
    }

    private static Tensor Make1(JsonElement parameter)
    {
        var shape = parameter.GetProperty("shape").Deserialize<long[]>()!;
        var (p, s) = (parameter.GetProperty("index").GetUInt32(), parameter.GetProperty("seed").GetUInt32());
        var (scale, shift) = (parameter.GetProperty("scale").GetDouble(), parameter.GetProperty("shift").GetDouble());
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = (float)((scale * Math.Sqrt(3) * Uniform((uint)k, p, s)) + shift);
        }

        return torch.tensor(values, shape);
    }
}
