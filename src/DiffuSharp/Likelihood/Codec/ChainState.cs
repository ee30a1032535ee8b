using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// What both ends know: for each image x at its present noise level, kept as precision times x, and D(x; σ). In EDM coordinates the step of the
/// process from σ_t to a smaller σ_s is one more observation of the clean image, x_0 + n/√Δ with Δ = 1/σ_s² − 1/σ_t²: the posterior
/// q(x_s | x_t, x_0) of DDPM (Ho et al. 2020, eq. 6) is the precision-weighted mean of x_t and it, and its Kullback-Leibler divergence from
/// p(x_s | x_t), which has D for x_0, is ½ Δ |x_0 − D|² nats. It can be cut into any number of equal parts.
/// </summary>
internal sealed class ChainState : IDisposable
{
    private readonly IDenoiser _denoiser;
    private readonly NoiseLevels _levels;
    private readonly CodecHeader _header;
    private readonly Generator[] _generators;
    private readonly double[][] _weighted;
    private readonly int[] _level;

    /// <summary>All images at the first level, drawn from the prior N(0, σ_0² I) by both ends.</summary>
    public ChainState(IDenoiser denoiser, CodecHeader header)
    {
        (_denoiser, _header, _levels) = (denoiser, header, header.Levels);
        var size = denoiser.Shape.Count;
        _generators = [.. Enumerable.Range(0, header.Count).Select(i => new Generator((header.Seed + (ulong)i) & uint.MaxValue))];
        _level = new int[header.Count];
        _weighted = Array.ConvertAll(_generators, g => Prior(g, size));
        Denoised = new double[header.Count][];
        Evaluate([.. Enumerable.Range(0, header.Count)]);
    }

    /// <summary>D of each image.</summary>
    public double[][] Denoised { get; }

    /// <summary>First bytes of the SHA-256 of all states: equal only if both ends computed the same.</summary>
    public uint Check
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var state in _weighted)
            {
                hash.AppendData(MemoryMarshal.AsBytes(state.AsSpan()));
            }

            return BitConverter.ToUInt32(hash.GetHashAndReset());
        }
    }

    /// <summary>Takes all images that do not wait to a level.</summary>
    /// <param name="level">Number of the level.</param>
    /// <param name="coder">Chooses, or reads.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the state is of no more use.</exception>
    public void Advance(int level, StepCoder coder, CancellationToken cancellation)
    {
        var steps = new List<ImageStep>();
        for (var image = 0; image < _level.Length; image++)
        {
            var gain = Precision(level) - Precision(_level[image]);
            var k = coder.Class(image, gain, Denoised[image]);
            if (k > 0)
            {
                var (blocks, candidates) = StepRate.Split(k, _header.BlockBits);
                steps.Add(new ImageStep(image, Denoised[image], gain / blocks, candidates, new int[blocks]));
                _level[image] = level;
            }
        }

        coder.Begin(steps);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = torch.get_num_threads(), CancellationToken = cancellation };
        Parallel.ForEach(steps, parallel, step => Advance(step, coder));
        coder.End(steps);
        Evaluate([.. steps.Select(step => step.Image)]);
    }

    /// <summary>Frees the generators.</summary>
    public void Dispose() => Array.ForEach(_generators, generator => generator.Dispose());

    private void Advance(ImageStep step, StepCoder coder)
    {
        var state = _weighted[step.Image];
        for (var block = 0; block < step.Indices.Length; block++)
        {
            var book = new GaussianCodebook(_generators[step.Image], state.Length, step.Candidates);
            var index = coder.Choose(step, block, book);
            for (var c = 0; c < state.Length; c++)
            {
                state[c] += step.Part * step.Denoised[c];
            }

            book.AddTo(state, index, Math.Sqrt(step.Part));
        }
    }

    private double Precision(int level) => 1 / (_levels[level] * _levels[level]);

    private double[] Prior(Generator generator, int size)
    {
        using var scope = torch.NewDisposeScope();
        return Array.ConvertAll(torch.randn([size], generator, ScalarType.Float64).ToArray<double>(), z => z / _levels[0]);
    }

    // The batches are a matter of the file: the arithmetic of a network can depend on them.
    private void Evaluate(List<int> images)
    {
        using var mode = torch.no_grad();
        var shape = _denoiser.Shape;
        foreach (var batch in images.Chunk(_header.Batch))
        {
            using var scope = torch.NewDisposeScope();
            double[] points = [.. batch.SelectMany(i => _weighted[i].Select(value => value / Precision(_level[i])))];
            var x = torch.tensor(points, [batch.Length, shape.Channels, shape.Height, shape.Width]);
            var sigma = torch.tensor(Array.ConvertAll(batch, i => _levels[_level[i]]));
            var values = _denoiser.Denoise(x, sigma, _header.Condition(batch)).to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
            for (var n = 0; n < batch.Length; n++)
            {
                Denoised[batch[n]] = values.AsSpan(n * shape.Count, shape.Count).ToArray();
            }
        }
    }
}
