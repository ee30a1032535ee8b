using DiffuSharp.Torch;
using DiffuSharp.Training.Augmentation;
using static DiffuSharp.Tests.Training.Augmentation.SmoothPicture;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training.Augmentation;

public class AugmentationPipeTests
{
    private const int Size = 32;

    [Fact]
    public void Without_probability_images_are_only_mirrored_and_label_0_says_which()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var images = rand([64, 3, 8, 10], generator);
        var before = images.ToArray<float>();
        var (moved, labels) = new AugmentationPipe(new() { Probability = 0 }).Apply(images, generator);
        var mirrored = images.flip(3);
        var label = labels.ToArray<float>();
        label.Length.ShouldBe(64 * 9);
        for (var i = 0; i < 64; i++)
        {
            var isMirrored = label[9 * i] == 1;
            moved[i].equal(isMirrored ? mirrored[i] : images[i]).ShouldBeTrue($"image {i}");
            label.AsSpan((9 * i) + 1, 8).ToArray().ShouldAllBe(value => value == 0);
        }

        label.Sum().ShouldBeInRange(16, 48);
        images.ToArray<float>().ShouldBe(before);
    }

    [Fact]
    public void Flips_are_exact()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var images = rand([4, 1, 6, 7], generator);
        var (moved, _) = AugmentationPipe.Apply(
            images, [new(), new() { FlipX = true }, new() { FlipY = true }, new() { FlipX = true, FlipY = true }]);
        moved[0].equal(images[0]).ShouldBeTrue();
        moved[1].equal(images[1].flip(2)).ShouldBeTrue();
        moved[2].equal(images[2].flip(1)).ShouldBeTrue();
        moved[3].equal(images[3].flip(1, 2)).ShouldBeTrue();
    }

    [Fact]
    public void Only_the_images_that_move_are_resampled()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var images = rand([3, 2, 16, 16], generator);
        var (moved, _) = AugmentationPipe.Apply(images, [new(), new() { Rotation = 1 }, new()]);
        moved[0].equal(images[0]).ShouldBeTrue();
        moved[2].equal(images[2]).ShouldBeTrue();
        (moved[1] - images[1]).abs().max().ToDouble().ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void The_identity_map_returns_any_image()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var images = rand([2, 3, 12, 9], generator);
        var moved = AffineResampler.Resample(images, [AffineMatrix.Identity, AffineMatrix.Identity]);
        (moved - images).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, -1)]
    [InlineData(-1, 2)]
    public void Translation_moves_the_picture_right_and_down_by_an_eighth_of_its_size_times_w(double w0, double w1)
    {
        using var scope = NewDisposeScope();
        const int Width = 48;
        var (moved, _) = AugmentationPipe.Apply(Draw(Width, Size, Asymmetric), [new() { TranslationX = w0, TranslationY = w1 }]);
        var expected = Draw(Width, Size, (x, y) => Asymmetric(x - (0.125 * Width * w0), y - (0.125 * Size * w1)));
        Difference(moved, expected, border: 12).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void The_space_that_a_translation_opens_shows_the_mirrored_picture()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var picture = rand([1, 1, Size, Size], generator);
        var (moved, _) = AugmentationPipe.Apply(picture, [new() { TranslationX = 1 }]);
        (moved.narrow(3, 4, Size - 4) - picture.narrow(3, 0, Size - 4)).abs().max().ToDouble().ShouldBeLessThan(1e-5);
        (moved.narrow(3, 0, 4) - picture.narrow(3, 1, 4).flip(3)).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Half_a_turn_flips_both_axes()
    {
        using var scope = NewDisposeScope();
        var picture = Draw(Size, Asymmetric);
        var (moved, _) = AugmentationPipe.Apply(picture, [new() { Rotation = Math.PI }]);
        Difference(moved, picture.flip(2, 3), border: 4).ShouldBeLessThan(5e-3);
    }

    [Theory]
    [InlineData(0.5 * Math.PI)]
    [InlineData(-0.4)]
    public void Rotation_turns_the_picture_counter_clockwise(double w)
    {
        using var scope = NewDisposeScope();
        var (moved, _) = AugmentationPipe.Apply(Draw(Size, Asymmetric), [new() { Rotation = w }]);

        // With y down, a blob at (5, −3) goes to (5 cos w − 3 sin w, −5 sin w − 3 cos w).
        var (sin, cos) = Math.SinCos(w);
        var expected = Draw(Size, (x, y) =>
            Blob(x, y, (5 * cos) - (3 * sin), -(5 * sin) - (3 * cos), 4)
            - (0.6 * Blob(x, y, (-4 * cos) + (2 * sin), (4 * sin) + (2 * cos), 5)));
        Difference(moved, expected, border: 4).ShouldBeLessThan(5e-3);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-2)]
    public void Scale_widens_a_blob_by_two_to_the_power_of_a_fifth_of_w(double w)
    {
        using var scope = NewDisposeScope();
        var (moved, _) = AugmentationPipe.Apply(Draw(Size, (x, y) => Blob(x, y, 0, 0, 3)), [new() { Scale = w }]);
        var expected = Draw(Size, (x, y) => Blob(x, y, 0, 0, 3 * Math.Pow(2, 0.2 * w)));
        Difference(moved, expected, border: 4).ShouldBeLessThan(1e-2);
        Width(moved).ShouldBe(Width(expected), 0.02);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1.5, 0.7)]
    [InlineData(-1, 2.5)]
    public void Anisotropic_scale_stretches_along_the_turned_axis_and_shrinks_across_it(double w, double r)
    {
        using var scope = NewDisposeScope();
        var (moved, _) = AugmentationPipe.Apply(
            Draw(Size, (x, y) => Blob(x, y, 0, 0, 4)), [new() { Anisotropy = w, AnisotropyAngle = r }]);

        // The axis turns as the picture does: by −r where y points down.
        var (sin, cos) = Math.SinCos(r);
        var stretch = Math.Pow(2, 0.2 * w);
        var expected = Draw(Size, (x, y) => Blob(((cos * x) - (sin * y)) / stretch, ((sin * x) + (cos * y)) * stretch, 0, 0, 4));
        Difference(moved, expected, border: 4).ShouldBeLessThan(1e-2);
    }

    [Fact]
    public void A_translation_comes_after_a_turn_and_a_turn_after_the_scale()
    {
        using var scope = NewDisposeScope();
        var (moved, _) = AugmentationPipe.Apply(
            Draw(Size, (x, y) => Blob(x, y, 6, 0, 3)), [new() { Scale = 1, Rotation = 0.5 * Math.PI, TranslationX = 1 }]);
        var scale = Math.Pow(2, 0.2);
        var expected = Draw(Size, (x, y) => Blob(x, y, 4, -6 * scale, 3 * scale));
        Difference(moved, expected, border: 3).ShouldBeLessThan(1e-2);
    }

    [Fact]
    public void The_same_generator_state_gives_the_same_images_and_the_next_state_others()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var pipe = new AugmentationPipe(new() { Probability = 0.5 });
        var images = rand([16, 1, 12, 12], generator);
        var state = generator.get_state();
        var (first, firstLabels) = pipe.Apply(images, generator);
        var (next, nextLabels) = pipe.Apply(images, generator);
        generator.set_state(state);
        var (second, secondLabels) = pipe.Apply(images, generator);
        second.equal(first).ShouldBeTrue();
        secondLabels.equal(firstLabels).ShouldBeTrue();
        next.equal(first).ShouldBeFalse();
        nextLabels.equal(firstLabels).ShouldBeFalse();
    }

    [Fact]
    public void The_draws_do_not_depend_on_the_images_or_the_probability()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(9);
        using var other = new Generator(9);
        new AugmentationPipe(new() { Probability = 1 }).Apply(zeros([5, 3, 8, 8]), one);
        new AugmentationPipe(new() { Probability = 0 }).Apply(zeros([5, 1, 4, 6]), other);
        rand([4], one).equal(rand([4], other)).ShouldBeTrue();
    }

    [Fact]
    public void Only_the_result_outlives_a_call()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(10);
        var images = rand([8, 1, 12, 12], generator);
        var before = scope.Count;
        new AugmentationPipe(new() { Probability = 1 }).Apply(images, generator);
        scope.Count.ShouldBe(before + 2);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_probability_out_of_range_is_refused(double probability) =>
        Should.Throw<InvalidInputException>(() => new AugmentationPipe(new() { Probability = probability }));

    // Root of the mean square distance along x, weighted by brightness, in the middle: mirrored blobs may show at the border.
    private static double Width(Tensor picture)
    {
        const int Border = 6;
        const int Inner = Size - (2 * Border);
        var pixels = picture.narrow(2, Border, Inner).narrow(3, Border, Inner).contiguous().ToArray<float>();
        double sum = 0, square = 0;
        for (var i = 0; i < pixels.Length; i++)
        {
            var x = (i % Inner) - (0.5 * (Inner - 1));
            sum += pixels[i];
            square += pixels[i] * x * x;
        }

        return Math.Sqrt(square / sum);
    }
}
