using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class ResamplerTests
{
    [Fact]
    public void HalvingWithTheBoxAveragesTwoByTwo()
    {
        var image = new Image(new ImageShape(1, 2, 4), [0, 10, 100, 200, 20, 30, 50, 250]);
        Resampler.Resize(image, 1, 2, ResampleFilter.Box).Pixels.ShouldBe([15, 150]);
    }

    [Fact]
    public void AFlatImageStaysFlatUnderEveryFilterAndSize()
    {
        var image = new Image(new ImageShape(3, 13, 9), [.. Enumerable.Repeat((byte)77, 3 * 13 * 9)]);
        foreach (var filter in Enum.GetValues<ResampleFilter>())
        {
            foreach ((var height, var width) in new[] { (4, 5), (13, 30), (40, 9), (1, 1) })
            {
                Resampler.Resize(image, height, width, filter).Pixels.ShouldAllBe(v => v == 77);
            }
        }
    }

    [Fact]
    public void ShrinkingACheckerboardGivesGreyInsteadOfAliases()
    {
        var image = new Image(new ImageShape(1, 64, 64));
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)((((i / 64) + i) % 2) * 254);
        }

        foreach (var filter in Enum.GetValues<ResampleFilter>())
        {
            byte[] centre = [.. Resampler.Resize(image, 8, 8, filter).Pixels.Where((_, i) => i / 8 is > 1 and < 6 && i % 8 is > 1 and < 6)];
            centre.ShouldAllBe(v => v >= 126 && v <= 128);
        }
    }

    [Fact]
    public void DoublingARampWithBicubicInterpolatesIt()
    {
        var ramp = new Image(new ImageShape(1, 1, 8), [0, 20, 40, 60, 80, 100, 120, 140]);
        Resampler.Resize(ramp, 1, 16, ResampleFilter.Bicubic).Pixels.AsSpan(4, 8).ToArray().ShouldBe([35, 45, 55, 65, 75, 85, 95, 105]);
    }
}
