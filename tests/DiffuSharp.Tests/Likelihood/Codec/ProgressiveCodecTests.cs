using DiffuSharp.Data;
using DiffuSharp.Likelihood.Codec;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Data;
using DiffuSharp.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Likelihood.Codec;

public sealed class ProgressiveCodecTests : IDisposable
{
    private const int Count = 40;
    private const int Dimension = 256;
    private static readonly ImageShape s_shape = new(1, 16, 16);
    private static readonly double[] s_means = [.. Enumerable.Range(0, Dimension).Select(j => 0.4 * Math.Sin(j * 0.3))];
    private static readonly double[] s_stds = [.. Enumerable.Range(0, Dimension).Select(j => 0.02 + (0.3 * (j % 8) / 7.0))];
    private static readonly NoiseLevels s_levels = new([80, 1, 0.5, 0.25, 0.13, 0.07, 0.04, 0.02, 0]);
    private static readonly byte[] s_hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Image[] s_images = Samples(Count);
    private static readonly ProgressiveCodecOptions s_options = new() { Levels = s_levels, BlockBits = 11, Seed = 9 };
    private static readonly Lazy<(byte[] File, CodecReport Report)> s_encoded = new(Encoded);
    private readonly TemporaryFolder _folder = new();
    private readonly DiagonalGaussian _model = new(s_shape, s_means, s_stds);

    public void Dispose() => _folder.Dispose();

    // Four standard errors, about 4 % for one level: the codec that took the candidate nearest to |m| instead of the largest was 3 % off on
    // average over many images (half of the candidates fall short), one that is 9 % off in the bits of each step fails.
    [Fact]
    public void The_file_is_as_long_and_each_part_shows_as_much_as_the_bound_promises()
    {
        var report = Encode();
        var exact = Exact();
        var (bits, bitsError) = exact[^1].Bits;
        report.Levels[^1].PromisedBits.ShouldBe(bits, 4 * bitsError);
        (report.Levels[^1].Bytes * 8 / bits).ShouldBeInRange(1, 1.25);
        for (var i = 0; i + 1 < exact.Count; i++)
        {
            var (rmse, error) = exact[i].Rmse;
            report.Levels[i].PromisedRmse.ShouldBe(rmse, 4 * error, $"level {i}");
            report.Levels[i].Rmse.ShouldBe(rmse, 4 * error, $"level {i}");
            if (i > 1)
            {
                var sent = 8 * (report.Levels[i].Bytes - report.Levels[i - 1].Bytes);
                (sent / (exact[i].Bits.Value - exact[i - 1].Bits.Value)).ShouldBeInRange(1, 1.4, $"level {i}");
            }
        }
    }

    // An error that all levels share shows in their mean: the nearest instead of the largest candidate made it 2 % too large, over many images.
    [Fact]
    public void The_distortion_of_all_levels_together_is_the_promised_one()
    {
        var report = Encode();
        var exact = Exact();
        var shares = exact.SkipLast(1).Select((e, i) => report.Levels[i].Rmse / e.Rmse.Value).ToArray();
        shares.Average().ShouldBe(1, 0.015);
    }

    [Fact]
    public void A_truncated_file_is_the_beginning_of_the_whole_one()
    {
        Encode();
        var report = Codec().Encode(_folder["t.dsp"], s_images, null, s_options with { Truncate = 3 });
        report.Levels.Count.ShouldBe(3);
        File.ReadAllBytes(_folder["t.dsp"]).ShouldBe(s_encoded.Value.File[..(int)report.Levels[2].Bytes]);
        Codec().Decode(_folder["t.dsp"]).Sigma.ShouldBe(s_levels[3]);
    }

    [Fact]
    public void The_whole_file_gives_the_images_back()
    {
        var report = Encode();
        var decoded = Codec().Decode(_folder["a.dsp"]);

        decoded.IsLossless.ShouldBeTrue();
        decoded.Images.Select(i => i.Pixels).ShouldBe(s_images.Select(i => i.Pixels));
        new FileInfo(_folder["a.dsp"]).Length.ShouldBe(report.Levels[^1].Bytes);
        report.BitsPerDimension.ShouldBe(report.Levels[^1].Bytes * 8.0 / (Count * Dimension), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void A_file_that_was_cut_shows_what_the_encoder_saw_at_that_level(int level)
    {
        var report = Encode();
        var bytes = File.ReadAllBytes(_folder["a.dsp"]);
        var end = level == 0 ? report.Levels[0].Bytes - 1 : level == 7 ? bytes.Length - 1 : report.Levels[level].Bytes - 1;
        _folder.Write("cut.dsp", bytes[..(int)end]);
        var decoded = Codec().Decode(_folder["cut.dsp"]);

        decoded.IsLossless.ShouldBeFalse();
        decoded.Sigma.ShouldBe(s_levels[level]);
        decoded.Expected.ShouldBe(Codec().Decode(_folder["a.dsp"], levels: level).Expected);
        if (level > 0)
        {
            Rmse(decoded.Expected).ShouldBe(report.Levels[level - 1].Rmse, 1e-9);
        }
    }

    [Fact]
    public void Larger_blocks_shorten_the_file()
    {
        long Size(int blockBits) => Codec().Encode(_folder["b.dsp"], s_images[..3], null, new() { Levels = s_levels, BlockBits = blockBits }).Levels[^1].Bytes;

        (Size(12) / (double)Size(5)).ShouldBeLessThan(0.95);
        _folder.Entries.ShouldBe(["b.dsp"]);
    }

    [Fact]
    public void Another_model_or_another_arithmetic_is_refused()
    {
        Encode();
        Should.Throw<InvalidDataException>(() => new ProgressiveCodec(_model, new byte[32]).Decode(_folder["a.dsp"]))
            .Message.ShouldContain("another model");
        var shift = new double[Dimension];
        shift[5] = 1e-12;
        var other = new DiagonalGaussian(s_shape, s_means, s_stds, shift);
        Should.Throw<InvalidDataException>(() => new ProgressiveCodec(other, s_hash).Decode(_folder["a.dsp"]))
            .Message.ShouldContain("computes the network otherwise");
    }

    [Fact]
    public void Damaged_files_are_refused_or_cut_but_never_misread()
    {
        var codec = new ProgressiveCodec(new DiagonalGaussian(new(1, 2, 2), new double[4], [0.5, 0.5, 0.2, 0.2]), s_hash);
        var images = Enumerable.Range(0, 5).Select(i => new Image(new(1, 2, 2), [(byte)(60 * i), 128, (byte)(100 + i), 90])).ToArray();
        codec.Encode(_folder["a.dsp"], images, null, new() { Levels = new([50, 0.3, 0.05, 0]), BlockBits = 8 });
        var expected = Enumerable.Range(0, 3).Select(k => codec.Decode(_folder["a.dsp"], levels: k).Images.Select(i => i.Pixels).ToArray())
            .Append([.. images.Select(i => i.Pixels)]).ToList();

        Prop.ForAll(Mutation.Of(File.ReadAllBytes(_folder["a.dsp"])), bytes =>
        {
            var path = _folder.Write("b.dsp", bytes);
            try
            {
                var decoded = codec.Decode(path).Images.Select(i => i.Pixels).ToArray();
                return expected.Any(e => e.Zip(decoded).All(pair => pair.First.SequenceEqual(pair.Second)));
            }
            catch (InvalidDataException error)
            {
                return error.Message.Contains("b.dsp") && !error.Message.Contains('\n');
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Input_that_does_not_fit_is_refused_and_nothing_is_written()
    {
        var options = new ProgressiveCodecOptions { Levels = s_levels };
        foreach (var encode in new Action[]
        {
            () => Codec().Encode(_folder["x"], [], null, options),
            () => Codec().Encode(_folder["x"], [new Image(new(1, 4, 4))], null, options),
            () => Codec().Encode(_folder["x"], s_images, [.. new int[Count]], options),
            () => Codec().Encode(_folder["x"], s_images, null, options with { BlockBits = 3 }),
            () => Codec().Encode(_folder["x"], s_images, null, options with { BlockBits = 19 }),
            () => Codec().Encode(_folder["x"], s_images, null, options with { Batch = 0 }),
            () => Codec().Encode(_folder["x"], s_images, null, options with { Truncate = 0 }),
            () => Codec().Encode(_folder["x"], s_images, null, options with { Truncate = 8 }),
            () => Codec().Encode(_folder["x"], s_images, null, options with { Levels = new([80, 1e-6, 0]) }),
        })
        {
            Should.Throw<InvalidInputException>(encode);
        }

        _folder.Entries.ShouldBeEmpty();
    }

    private static Image[] Samples(int count)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(77);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var z = torch.randn([Dimension], generator, ScalarType.Float64).ToArray<double>();
            return new Image(s_shape, [.. z.Select((v, j) => (byte)Math.Clamp(Math.Round(127.5 * (s_means[j] + (s_stds[j] * v) + 1)), 0, 255))]);
        })];
    }

    private static double[] Clean(Image image) => [.. image.Pixels.Select(v => (v / 127.5) - 1)];

    private ProgressiveCodec Codec() => new(_model, s_hash);

    // Encoding takes a second or two: all tests share one file.
    private static (byte[] File, CodecReport Report) Encoded()
    {
        using var folder = new TemporaryFolder();
        var codec = new ProgressiveCodec(new DiagonalGaussian(s_shape, s_means, s_stds), s_hash);
        var report = codec.Encode(folder["a.dsp"], s_images, null, s_options);
        return (File.ReadAllBytes(folder["a.dsp"]), report);
    }

    private CodecReport Encode()
    {
        _folder.Write("a.dsp", s_encoded.Value.File);
        return s_encoded.Value.Report;
    }

    private double Rmse(IReadOnlyList<double[]> expected) =>
        127.5 * Math.Sqrt(expected.Zip(s_images, (d, image) => Clean(image).Zip(d, (a, b) => (a - b) * (a - b)).Average()).Average());

    // Given x_0, x_0 − D is normal for each pixel: mean a = σ² (x_0 − μ)/(s² + σ²), deviation b = s² σ/(s² + σ²), so that its square has mean
    // a² + b² and variance 4a²b² + 2b⁴. Values with their standard errors.
    private static List<((double Value, double Error) Bits, (double Value, double Error) Rmse)> Exact()
    {
        var result = new List<((double, double), (double, double))>();
        var (bits, variance) = (0.0, 0.0);
        for (var i = 0; i < s_levels.Steps; i++)
        {
            var (sum, spread) = (0.0, 0.0);
            foreach (var image in s_images)
            {
                var clean = Clean(image);
                for (var j = 0; j < Dimension; j++)
                {
                    var (noise, data) = (s_levels[i] * s_levels[i], s_stds[j] * s_stds[j]);
                    var a = noise * (clean[j] - s_means[j]) / (data + noise);
                    var b = data * s_levels[i] / (data + noise);
                    sum += (a * a) + (b * b);
                    spread += (4 * a * a * b * b) + (2 * b * b * b * b);
                }
            }

            var mean = sum / (Count * Dimension);
            if (i > 0)
            {
                var rmse = 127.5 * Math.Sqrt(mean);
                result.Add(((bits, Math.Sqrt(variance)), (rmse, rmse * Math.Sqrt(spread) / (2 * sum))));
            }

            if (i + 1 < s_levels.Steps)
            {
                var weight = 0.5 * (Math.Pow(s_levels[i + 1], -2) - Math.Pow(s_levels[i], -2)) / Math.Log(2);
                (bits, variance) = (bits + (weight * sum), variance + (weight * weight * spread));
            }
            else
            {
                // The normal decoder of that width; d bits/d sum = Count · Dimension/(2 ln 2 sum).
                bits += Count * Dimension * 0.5 * (Math.Log2(2 * Math.PI * mean * 127.5 * 127.5) + (1 / Math.Log(2)));
                variance += Math.Pow(Count * Dimension / (2 * Math.Log(2) * sum), 2) * spread;
            }
        }

        result.Add(((bits, Math.Sqrt(variance)), (0, 0)));
        return result;
    }
}
