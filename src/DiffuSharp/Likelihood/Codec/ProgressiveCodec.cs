using System.Diagnostics;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// DDPM's progressive coding (Ho et al. 2020, section 4.3, algorithms 3 and 4) as a file: for each level a random code with about as many bits
/// as the divergence L_{t−1}, at last the bytes themselves with the discrete decoder. A file that is cut after any level decodes to the images
/// expected from what it holds. The random code is minimal random coding (Havasi et al. 2019) with candidates drawn from p by generators that
/// both ends share: of so many candidates that on average x moves as far as q wants, the one that moves it farthest to x_0. To the sides it has
/// the noise of p, which is that of q.
/// <para>
/// Both ends must compute the same network to the bit: same model, program, libtorch, device and number of threads. Every level bears a
/// check of the state, so a decoder that computes otherwise says so and shows nothing wrong.
/// </para>
/// </summary>
public sealed class ProgressiveCodec
{
    private readonly IDenoiser _denoiser;
    private readonly byte[] _modelHash;

    /// <summary>Keeps the model, which the caller frees.</summary>
    /// <param name="denoiser">The model at both ends.</param>
    /// <param name="modelHash">SHA-256 of the model file: 32 bytes, by which the decoder knows the right model.</param>
    /// <exception cref="ArgumentException">The hash is of another length.</exception>
    public ProgressiveCodec(IDenoiser denoiser, byte[] modelHash)
    {
        if (modelHash.Length != CodecHeader.HashBytes)
        {
            throw new ArgumentException($"the hash of a model has {CodecHeader.HashBytes} bytes", nameof(modelHash));
        }

        (_denoiser, _modelHash) = (denoiser, modelHash);
    }

    /// <summary>Encodes images, losslessly unless the options truncate, into a file, which is written atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="images">At least one image of the model's shape.</param>
    /// <param name="classes">The class of each for a model with classes, else null.</param>
    /// <param name="options">Levels and block size.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops before the next image of a level; nothing is written.</param>
    /// <exception cref="InvalidInputException">The images or options do not fit the model.</exception>
    public CodecReport Encode(
        string path, IReadOnlyList<Image> images, IReadOnlyList<int>? classes, ProgressiveCodecOptions options,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate(_denoiser);
        Validate(images, classes);
        var watch = Stopwatch.StartNew();
        var evaluations = _denoiser.Evaluations;
        var header = new CodecHeader
        {
            ModelHash = _modelHash, Seed = options.Seed, BlockBits = (byte)options.BlockBits, Batch = (ushort)options.Batch,
            Shape = _denoiser.Shape, Count = images.Count, Levels = options.Levels, LabelDim = _denoiser.LabelDim, Classes = classes?.ToArray(),
        };
        var levels = new List<CodecLevel>();
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header.ToBytes());
            Encode(stream, header, images, options.Truncate, levels, progress, cancellation);
        });
        return new CodecReport(
            images.Count, _denoiser.Shape.Count, levels, (_denoiser.Evaluations - evaluations) / (double)images.Count, watch.Elapsed.TotalSeconds);
    }

    /// <summary>Decodes a file, or as many of its levels as are there and wanted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="levels">Steps to decode at most; null for all, and the images themselves.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops before the next image of a level.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or belongs to another model or machine; one line.</exception>
    public DecodedImages Decode(
        string path, int? levels = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var header = CodecHeader.Read(stream, path);
        if (!header.ModelHash.AsSpan().SequenceEqual(_modelHash) || header.Shape != _denoiser.Shape || header.LabelDim != _denoiser.LabelDim)
        {
            throw new InvalidDataException($"{path}: was encoded with another model; decode it with that model");
        }

        using var state = new ChainState(_denoiser, header);
        var classes = new ClassCoder(header.Count);
        var last = 0;
        for (var steps = header.Levels.Steps; last + 1 < steps && last != levels; last++)
        {
            if (CodecSegment.Read(stream, path) is not { } segment)
            {
                return Shown(header, state, last);
            }

            state.Advance(last + 1, new DecodingStep(classes, new RangeDecoder(segment.Code)), cancellation);
            Require(segment, state.Check, path, $"level {last + 1}");
            progress?.Report((last + 1.0) / steps);
        }

        return levels is null && CodecSegment.Read(stream, path) is { } end
            ? Lossless(header, state, end, path, cancellation)
            : Shown(header, state, last);
    }

    private void Validate(IReadOnlyList<Image> images, IReadOnlyList<int>? classes)
    {
        if (images.Count == 0 || images.Any(image => image.Shape != _denoiser.Shape))
        {
            throw new InvalidInputException($"the model codes {_denoiser.Shape} images, at least one");
        }

        if (_denoiser.LabelDim > 0
            ? classes is null || classes.Count != images.Count || classes.Any(c => c < 0 || c >= _denoiser.LabelDim)
            : classes is not null)
        {
            throw new InvalidInputException(
                _denoiser.LabelDim > 0
                    ? $"the model needs the class of each image, 0 to {_denoiser.LabelDim - 1}"
                    : "the model has no classes; leave them out");
        }
    }

    private void Encode(
        Stream stream, CodecHeader header, IReadOnlyList<Image> images, int? truncate, List<CodecLevel> levels, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        double[][] clean = [.. images.Select(image => Array.ConvertAll(image.Pixels, value => (value / 127.5) - 1))];
        using var state = new ChainState(_denoiser, header);
        var classes = new ClassCoder(header.Count);
        var promise = ChainPromise.Of(_denoiser, header, images, clean, cancellation);
        var (steps, wanted) = (header.Levels.Steps, truncate ?? header.Levels.Steps - 1);
        for (var level = 1; level <= wanted; level++)
        {
            var coder = new RangeEncoder();
            state.Advance(level, new EncodingStep(clean, classes, coder), cancellation);
            new CodecSegment(coder.Finish(), state.Check).Write(stream);
            Report(level, Rms(clean, state.Denoised));
        }

        if (truncate is null)
        {
            var end = new RangeEncoder();
            var std = LosslessStage.Std(clean, state.Denoised);
            var (pixels, _) = LosslessStage.Code(end, state.Denoised, std, images, cancellation);
            new CodecSegment([.. BitConverter.GetBytes(std), .. end.Finish()], LosslessStage.Check(pixels)).Write(stream);
            Report(steps, 0);
        }

        void Report(int level, double rms)
        {
            var (bits, rmse) = promise[level - 1];
            levels.Add(new CodecLevel(level < steps ? header.Levels[level] : 0, stream.Position, 127.5 * rms, bits, rmse));
            progress?.Report(level / (double)steps);
        }
    }

    private static double Rms(double[][] clean, double[][] denoised) =>
        Math.Sqrt(clean.Zip(denoised, (x, d) => x.Zip(d, (a, b) => (a - b) * (a - b)).Average()).Average());

    private static DecodedImages Lossless(
        CodecHeader header, ChainState state, CodecSegment segment, string path, CancellationToken cancellation)
    {
        var std = segment.Code.Length < sizeof(double) ? 0 : BitConverter.ToDouble(segment.Code);
        if (!(std > 0 && double.IsFinite(std)))
        {
            throw new InvalidDataException($"{path}: the last segment is damaged; copy the file again");
        }

        var coder = new RangeDecoder(segment.Code[sizeof(double)..]);
        var (pixels, _) = LosslessStage.Code(coder, state.Denoised, std, images: null, cancellation);
        Require(segment, LosslessStage.Check(pixels), path, "the last segment");
        return new DecodedImages([.. pixels.Select(p => new Image(header.Shape, p))], header.Classes, state.Denoised, 0, IsLossless: true);
    }

    private static DecodedImages Shown(CodecHeader header, ChainState state, int level) => new(
        [.. state.Denoised.Select(values => new Image(header.Shape, Quantise(values)))], header.Classes, state.Denoised, header.Levels[level],
        IsLossless: false);

    private static byte[] Quantise(double[] values)
    {
        var pixels = new byte[values.Length];
        PixelRange.ToBytes(Array.ConvertAll(values, value => (float)value), pixels);
        return pixels;
    }

    private static void Require(CodecSegment segment, uint check, string path, string where)
    {
        if (segment.Check != check)
        {
            throw new InvalidDataException(
                $"{path}: {where} does not decode to what was encoded: this machine, device or number of threads computes the network otherwise "
                + "than the encoder's; decode where it was encoded");
        }
    }
}
