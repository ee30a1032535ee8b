using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// Executes a tableau for one batch. A run can stop at any row and go on later, and keeps only the states and denoised images that a later
/// row uses.
/// </summary>
public sealed class SamplerRun : IDisposable
{
    private static readonly Operator s_linear_combination = new("diffusharp::linear_combination");

    private readonly SamplerTableau _tableau;
    private readonly LiveRanges _live;
    private readonly IDenoiser _denoiser;
    private readonly INoiseSource _noise;
    private readonly Condition? _condition;
    private readonly ScalarType _precision;
    private readonly Tensor _prior;
    private readonly Tensor?[] _states;
    private readonly Tensor?[] _denoised;
    private readonly Tensor?[] _forkedLabels = [];
    private Tensor? _variance; // what the network said of variances at the last row

    /// <summary>Draws the prior noise.</summary>
    /// <param name="tableau">The sampler.</param>
    /// <param name="denoiser">The model.</param>
    /// <param name="noise">Unit normal draws; the first is the prior's.</param>
    /// <param name="condition">Labels of the batch.</param>
    /// <param name="precision">Of the states: Float64 as in EDM, or Float32.</param>
    /// <exception cref="InvalidInputException">The network is to choose the noise, and predicts no variances.</exception>
    public SamplerRun(
        SamplerTableau tableau, IDenoiser denoiser, INoiseSource noise, Condition? condition = null,
        ScalarType precision = ScalarType.Float64)
    {
        RequireModel(tableau, denoiser);
        _tableau = tableau;
        _live = new LiveRanges(tableau);
        _denoiser = denoiser;
        _noise = noise;
        _condition = condition;
        _precision = precision;
        _states = new Tensor?[tableau.Rows.Count];
        _denoised = new Tensor?[tableau.Rows.Count];
        using var scope = torch.NewDisposeScope();
        _prior = Draw().DetachFromDisposeScope();
    }

    // A run in the middle of another one's rows, with tensors and labels of its own.
    private SamplerRun(SamplerRun parent, INoiseSource noise, long[] members, Func<Tensor, Tensor> take)
    {
        (_tableau, _live, _denoiser, _precision) = (parent._tableau, parent._live, parent._denoiser, parent._precision);
        _noise = noise;
        _condition = parent._condition?.Select(members);
        _forkedLabels = [_condition?.Labels?.DetachFromDisposeScope(), _condition?.Augmentation?.DetachFromDisposeScope()];
        _prior = take(parent._prior);
        _states = Array.ConvertAll(parent._states, tensor => tensor is null ? null : take(tensor));
        _denoised = Array.ConvertAll(parent._denoised, tensor => tensor is null ? null : take(tensor));
        _variance = parent._variance is { } variance ? take(variance) : null;
        NextRow = parent.NextRow;
        Observer = parent.Observer;
    }

    /// <summary>The next row to execute; the number of rows when the sample is there.</summary>
    public int NextRow { get; private set; }

    /// <summary>Called after each row.</summary>
    public Action<SamplerStep>? Observer { get; init; }

    /// <summary>Checks that a model can run a sampler.</summary>
    /// <exception cref="InvalidInputException">The network is to choose the noise, and predicts no variances.</exception>
    public static void RequireModel(SamplerTableau tableau, IDenoiser denoiser)
    {
        if (tableau.LearnsNoise && denoiser is not IVarianceDenoiser { PredictsVariance: true })
        {
            throw new InvalidInputException("the sampler takes its variances from the model, which here predicts none: use ddpm or ddpm-large, and no guidance");
        }
    }

    /// <summary>Executes all remaining rows.</summary>
    /// <returns>The sample [N,C,H,W]; owned by the caller's scope.</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two rows.</exception>
    public Tensor Finish(CancellationToken cancellation = default)
    {
        AdvanceTo(_tableau.Rows.Count, cancellation);
        return _states[^1]!.alias();
    }

    /// <summary>Executes the rows before <paramref name="row"/> that have not been executed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two rows.</exception>
    public void AdvanceTo(int row, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        for (; NextRow < row; NextRow++)
        {
            cancellation.ThrowIfCancellationRequested();
            Execute(NextRow);
        }
    }

    /// <summary>
    /// A second run at the same row whose batch is made of members of this one, any number of times and in any order: the particles that
    /// survive, or several children of one state. This run stays as it is.
    /// </summary>
    /// <param name="members">For each image of the new batch, its number in this one.</param>
    /// <param name="noise">Draws of the remaining rows for the new batch.</param>
    public SamplerRun Fork(long[] members, INoiseSource noise)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var index = torch.tensor(members, device: _prior.device);
        return new SamplerRun(this, noise, members, tensor => tensor.index_select(0, index).DetachFromDisposeScope());
    }

    /// <summary>Frees what the run still holds.</summary>
    public void Dispose()
    {
        _prior.Dispose();
        foreach (var tensor in _states.Concat(_denoised).Concat(_forkedLabels).Append(_variance))
        {
            tensor?.Dispose();
        }
    }

    // x_i = p_i ξ + Σ a_ij x_j + Σ c_ij D_j + s_i z_i;  D_i = D(x_i; σ_i)
    private void Execute(int i)
    {
        using var scope = torch.NewDisposeScope();
        var row = _tableau.Rows[i];
        List<Tensor> terms = [];
        List<double> coefficients = [];
        Add(row.Prior, () => _prior);
        foreach (var (j, a) in row.States)
        {
            Add(a, () => _states[j]!);
        }

        foreach (var (j, c) in row.Denoised)
        {
            Add(c, () => _denoised[j]!);
        }

        Add(row.Noise, () => row.NoiseFloor is { } floor ? Draw() * Chosen(floor / row.Noise) : Draw());
        var x = terms.Count > 0
            ? s_linear_combination.Call(terms.ToArray(), coefficients.ToArray())
            : torch.zeros_like(_prior);
        _states[i] = x.DetachFromDisposeScope();
        if (i < _tableau.Nfe)
        {
            _denoised[i] = Denoise(x, torch.tensor([row.Sigma]), withVariance: _tableau.Rows[i + 1].NoiseFloor is not null).to(x.device, _precision).DetachFromDisposeScope();
        }

        Observer?.Invoke(new SamplerStep(i, row.Sigma, x, _denoised[i]));
        Release(_live.StatesEndingAt(i), _states, except: _tableau.Rows.Count - 1);
        Release(_live.DenoisedEndingAt(i), _denoised, except: -1);

        void Add(double coefficient, Func<Tensor> tensor)
        {
            if (coefficient != 0)
            {
                terms.Add(tensor());
                coefficients.Add(coefficient);
            }
        }
    }

    private Tensor Denoise(Tensor x, Tensor sigma, bool withVariance)
    {
        if (!withVariance)
        {
            return _denoiser.Denoise(x, sigma, _condition);
        }

        var (denoised, variance) = ((IVarianceDenoiser)_denoiser).DenoiseWithVariance(x, sigma, _condition);
        _variance?.Dispose();
        _variance = variance.to(x.device, _precision).DetachFromDisposeScope();
        return denoised;
    }

    // s/s̄ = (s̲/s̄)^((1 − v)/2), v in [−1, 1] (Nichol and Dhariwal 2021, eq. 15).
    private Tensor Chosen(double ratio) => ((1 - _variance!) * (0.5 * Math.Log(ratio))).exp();

    private Tensor Draw() => _noise.Next().to(_denoiser.Device, _precision);

    private static void Release(IReadOnlyList<int> ended, Tensor?[] tensors, int except)
    {
        foreach (var j in ended)
        {
            if (j != except)
            {
                tensors[j]?.Dispose();
                tensors[j] = null;
            }
        }
    }
}
