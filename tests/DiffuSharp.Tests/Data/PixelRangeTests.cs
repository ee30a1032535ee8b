using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class PixelRangeTests
{
    [Fact]
    public void EveryByteSurvivesTheWayToFloatAndBack()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(v => (byte)v)];
        var floats = new float[256];
        var back = new byte[256];
        PixelRange.ToFloat(bytes, floats);
        PixelRange.ToBytes(floats, back);
        back.ShouldBe(bytes);
        (floats[0], floats[255]).ShouldBe((-1f, 1f));
    }

    [Fact]
    public void HalfLevelsRoundUpAndValuesBeyondTheRangeAreClipped()
    {
        float[] values = [-2f, -1f, 0f, 1f, 1.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0.00393f, 0.0039f, 0.00393f];
        var bytes = new byte[values.Length];
        PixelRange.ToBytes(values, bytes);
        bytes.ShouldBe([0, 0, 128, 255, 255, 0, 255, 0, 127, 128, 128]);
    }

    [Fact]
    public void TheVectorPathGivesTheSameBytesAsTheFormula()
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 1003).Select(_ => (float)((random.NextDouble() * 2.4) - 1.2)), float.NaN];
        values[5] = float.NaN;
        values[6] = 1e30f;
        var bytes = new byte[values.Length];
        PixelRange.ToBytes(values, bytes);
        byte[] expected = [.. values.Select(x => float.IsNaN(x) ? (byte)0 : (byte)Math.Clamp(MathF.Floor((127.5f * x) + 128f), 0f, 255f))];
        bytes.ShouldBe(expected);
    }
}
