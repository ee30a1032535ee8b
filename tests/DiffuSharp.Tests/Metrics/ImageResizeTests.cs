using DiffuSharp.Metrics.Resizing;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class ImageResizeTests
{
    [Fact]
    public void Tf1_bilinear_starts_at_the_corner_and_clamps_at_the_border()
    {
        // 2 → 3: positions 0, 2/3, 4/3; 4 → 2: 0, 2.
        Row(ResizeRule.Tf1Bilinear, [0, 90], 3).ShouldBe([0, 60, 90], 1e-4);
        Row(ResizeRule.Tf1Bilinear, [10, 20, 30, 40], 2).ShouldBe([10, 30], 1e-4);
        Row(ResizeRule.Tf1Bilinear, [10, 20, 30], 6).ShouldBe([10, 15, 20, 25, 30, 30], 1e-4);
    }

    [Fact]
    public void Tf1_bilinear_from_32_to_299_ends_on_the_last_pixel()
    {
        var row = Row(ResizeRule.Tf1Bilinear, [.. Enumerable.Range(0, 32).Select(i => (float)i)], 299);

        row[0].ShouldBe(0);
        row[1].ShouldBe(32f / 299, 1e-5f);
        row[150].ShouldBe(150f * 32 / 299, 1e-4f);
        row[298].ShouldBe(31); // position 31.89, beyond the last pixel
    }

    [Fact]
    public void Half_pixel_bilinear_is_centred()
    {
        // 2 → 3: positions −1/6, 1/2, 7/6; 4 → 2: 0.5, 2.5 without antialiasing; 2 → 4: −¼, ¼, ¾, 1¼.
        Row(ResizeRule.HalfPixelBilinear, [0, 90], 3).ShouldBe([0, 45, 90], 1e-4);
        Row(ResizeRule.HalfPixelBilinear, [10, 20, 30, 50], 2).ShouldBe([15, 40], 1e-4);
        Row(ResizeRule.HalfPixelBilinear, [0, 100], 4).ShouldBe([0, 25, 75, 100], 1e-4);
    }

    [Fact]
    public void Clean_bicubic_is_Keys_kernel_normalised_at_the_border()
    {
        // 4 → 8, output 3 at 1.25: distances 1.25, 0.25, 0.75, 1.75 from pixels 0…3. K(¼) = 0.8671875, K(¾) = 0.2265625, K(5/4) = −0.0703125, K(7/4) = −0.0234375.
        Row(ResizeRule.CleanBicubic, [10, 20, 100, 200], 8)[3]
            .ShouldBe((float)((-0.0703125 * 10) + (0.8671875 * 20) + (0.2265625 * 100) - (0.0234375 * 200)), 1e-3f);

        // Output 0 at −0.25: pixels 0, 1 only (distances ¼, 5/4), over the sum of their weights.
        Row(ResizeRule.CleanBicubic, [10, 20, 100, 200], 8)[0]
            .ShouldBe((float)(((0.8671875 * 10) - (0.0703125 * 20)) / (0.8671875 - 0.0703125)), 1e-3f);
    }

    [Fact]
    public void Clean_bicubic_averages_when_shrinking_and_clips_but_does_not_round()
    {
        // 8 → 4, output 1 centred at 3 of pixel edges: pixels 0.5…5.5, distances /2: 1.25, 0.75, 0.25, 0.25, 0.75, 1.25 (and 1.75 twice).
        double[] taps = [-0.0703125, 0.2265625, 0.8671875, 0.8671875, 0.2265625, -0.0703125, -0.0234375];
        float[] pixels = [0, 10, 0, 100, 50, 0, 200, 7];
        var expected = taps.Select((w, i) => w * pixels[i]).Sum() / taps.Sum();
        Row(ResizeRule.CleanBicubic, pixels, 4)[1].ShouldBe((float)expected, 1e-3f);

        var edge = Row(ResizeRule.CleanBicubic, [0, 0, 255, 255], 8);
        edge.Min().ShouldBe(0);
        edge.Max().ShouldBe(255);
        edge.ShouldContain(v => v != MathF.Round(v));
    }

    [Theory]
    [InlineData(ResizeRule.Tf1Bilinear)]
    [InlineData(ResizeRule.HalfPixelBilinear)]
    [InlineData(ResizeRule.CleanBicubic)]
    public void Rows_and_columns_are_resized_alike_in_every_channel(ResizeRule rule)
    {
        using var scope = NewDisposeScope();
        var image = rand([2, 3, 5, 7]) * 255;

        var resized = ImageResize.Apply(image, rule, 9, 4);

        resized.shape.ShouldBe([2L, 3, 9, 4]);
        var flipped = ImageResize.Apply(image.transpose(2, 3), rule, 4, 9).transpose(2, 3);
        (resized - flipped).abs().max().ToDouble().ShouldBeLessThan(1e-3);
        ImageResize.Apply(full([1, 1, 5, 7], 77.0), rule, 11, 3).ToArray<float>().ShouldAllBe(v => Math.Abs(v - 77) < 1e-4);
    }

    [Fact]
    public void Without_a_rule_another_size_is_refused()
    {
        using var scope = NewDisposeScope();
        var image = zeros([1, 1, 5, 7]);

        ImageResize.Apply(image, ResizeRule.None, 5, 7).equal(image).ShouldBeTrue();
        Should.Throw<InvalidInputException>(() => ImageResize.Apply(image, ResizeRule.None, 8, 8)).Message.ShouldContain("5x7");
    }

    private static float[] Row(ResizeRule rule, float[] pixels, int width)
    {
        using var scope = NewDisposeScope();
        return ImageResize.Apply(tensor(pixels, [1, 1, 1, pixels.Length]), rule, 1, width).ToArray<float>();
    }
}
