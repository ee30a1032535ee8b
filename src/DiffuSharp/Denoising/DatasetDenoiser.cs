using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// The ideal denoiser of a finite set of images y_i (EDM, Karras et al. 2022, appendix B.3): D(x; σ) = Σ_i w_i y_i with
/// w = softmax_i(−‖x − y_i‖²/(2σ²)). Exact for sets of any size: the images pass in blocks, the smallest distance so far is
/// subtracted in the exponent, and a block whose weights all vanish in double precision is not summed. Float64.
/// </summary>
public sealed class DatasetDenoiser : ClosedFormDenoiser, IDisposable
{
    private const int Block = 2048;
    private const double Underflow = -746;  // exp of it is 0 in double precision

    private readonly Tensor _images;     // [K, C·H·W], the type in which they were given
    private readonly Tensor _halfNorms;  // ½‖y_i‖² [K], float64

    /// <summary>Keeps the images.</summary>
    /// <param name="images">y [K,C,H,W], any floating-point type, on the device where the denoiser is to compute.</param>
    /// <exception cref="InvalidInputException">There are no images.</exception>
    public DatasetDenoiser(Tensor images)
        : base(ShapeOf(images), images.device)
    {
        using var scope = torch.NewDisposeScope();
        _images = images.detach().flatten(1).contiguous().DetachFromDisposeScope();
        var norms = Blocks().Select(start => Part(start).square().sum([1]) * 0.5).ToArray();
        _halfNorms = torch.cat(norms).DetachFromDisposeScope();
    }

    /// <summary>Number of images, K.</summary>
    public int Count => (int)_images.size(0);

    /// <summary>Frees the images.</summary>
    public void Dispose()
    {
        _images.Dispose();
        _halfNorms.Dispose();
    }

    /// <inheritdoc/>
    /// <remarks>Levels must be positive.</remarks>
    private protected override Tensor Expected(Tensor x, Tensor noise)
    {
        var largest = torch.full([x.size(0), 1], double.NegativeInfinity, ScalarType.Float64, Device);
        var total = torch.zeros([x.size(0), 1], ScalarType.Float64, Device);
        var sum = torch.zeros(x.shape, ScalarType.Float64, Device);
        foreach (var start in Blocks())
        {
            using var inner = torch.NewDisposeScope();
            var part = Part(start);

            // −‖x − y‖²/(2σ²) without ‖x‖², which is the same for all images
            var logs = (x.matmul(part.transpose(0, 1)) - _halfNorms.narrow(0, start, part.size(0))) / noise;
            var highest = logs.amax(1);
            if (((highest - largest).max()).item<double>() < Underflow)
            {
                continue;
            }

            var next = largest.maximum(highest);
            var weights = (logs - next).exp();
            var shrink = (largest - next).exp();
            total = ((total * shrink) + weights.sum([1], keepdim: true)).MoveToOuterDisposeScope();
            sum = ((sum * shrink) + weights.matmul(part)).MoveToOuterDisposeScope();
            largest = next.MoveToOuterDisposeScope();
        }

        return sum / total;
    }

    private static ImageShape ShapeOf(Tensor images)
    {
        if (images.ndim != 4 || images.size(0) == 0)
        {
            throw new InvalidInputException($"the data of an ideal denoiser must be at least one image [K,C,H,W]; {images.Describe()} was given");
        }

        return new((int)images.size(1), (int)images.size(2), (int)images.size(3));
    }

    private IEnumerable<int> Blocks() => Enumerable.Range(0, (Count + Block - 1) / Block).Select(i => i * Block);

    private Tensor Part(int start) => _images.narrow(0, start, Math.Min(Block, Count - start)).to(ScalarType.Float64);
}
