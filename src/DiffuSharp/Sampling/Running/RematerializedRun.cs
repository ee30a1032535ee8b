using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling.Running;

/// <summary>
/// A sampler run that can be differentiated in little memory. The run forward keeps the states x_i only; the sweep backward evaluates
/// the network once more at each row, from the last to the first, and holds the graph of one evaluation at a time. It costs one
/// evaluation more for each row than plain backpropagation. Exact for every tableau, rows with noise included.
/// </summary>
public sealed class RematerializedRun : IDisposable
{
    private readonly TableauLayout _layout;
    private readonly double[] _values;
    private readonly IDenoiser _denoiser;
    private readonly Condition? _condition;
    private readonly Tensor _prior;
    private readonly Tensor _noise;    // [draws, N,C,H,W]
    private readonly Tensor _states;   // [K, N,C,H,W]
    private bool _finished;

    /// <summary>Makes all draws: the prior's, then one for each row that lists noise.</summary>
    /// <param name="layout">The places of the numbers.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="denoiser">The model; it must be differentiable in x and σ.</param>
    /// <param name="noise">Unit normal draws.</param>
    /// <param name="condition">Labels of the batch; they must outlive the run.</param>
    public RematerializedRun(
        TableauLayout layout, IReadOnlyList<double> values, IDenoiser denoiser, INoiseSource noise, Condition? condition = null)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        (_layout, _values, _denoiser, _condition) = (layout, [.. values], denoiser, condition);
        _prior = Draw(noise);
        var draws = layout.NoisyRows.Select(_ => Draw(noise)).ToArray();
        _noise = draws.Length > 0 ? torch.stack(draws) : torch.empty([0, .. _prior.shape], ScalarType.Float64, denoiser.Device);
        _states = torch.empty([layout.Nfe, .. _prior.shape], ScalarType.Float64, denoiser.Device);
        _prior.DetachFromDisposeScope();
        _noise.DetachFromDisposeScope();
        _states.DetachFromDisposeScope();
    }

    /// <summary>A run of a finished sampler, for derivatives with respect to its numbers or the prior.</summary>
    /// <param name="tableau">The sampler.</param>
    /// <param name="denoiser">The model.</param>
    /// <param name="noise">Unit normal draws.</param>
    /// <param name="condition">Labels of the batch.</param>
    public static RematerializedRun Of(SamplerTableau tableau, IDenoiser denoiser, INoiseSource noise, Condition? condition = null)
    {
        var layout = TableauLayout.Of(tableau);
        return new RematerializedRun(layout, layout.Read(tableau), denoiser, noise, condition);
    }

    /// <summary>Executes the rows by a <see cref="SamplerRun"/> and keeps their states.</summary>
    /// <returns>The sample [N,C,H,W], float64; owned by the caller's scope.</returns>
    /// <exception cref="InvalidInputException">The numbers make no sampler.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two rows.</exception>
    public Tensor Forward(CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var tableau = _layout.Build(_values);
        var draws = new KeptDraws([_prior, .. tableau.Rows.Index().Where(row => row.Item.Noise != 0).Select(row => DrawOf(row.Index))]);
        using var run = new SamplerRun(tableau, _denoiser, draws, _condition)
        {
            Observer = step =>
            {
                if (step.Row < _layout.Nfe)
                {
                    _states[step.Row].copy_(step.State);
                }
            },
        };
        var sample = run.Finish(cancellation);
        _finished = true;
        return sample.MoveToOuterDisposeScope();
    }

    /// <summary>Pulls a derivative with respect to the sample back.</summary>
    /// <param name="cotangent">dL/d(sample), [N,C,H,W].</param>
    /// <param name="cancellation">Looked at before each row.</param>
    /// <exception cref="InvalidOperationException"><see cref="Forward"/> has not been called.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two rows.</exception>
    public SamplerGradients Backward(Tensor cotangent, CancellationToken cancellation = default)
    {
        if (!_finished)
        {
            throw new InvalidOperationException("call Forward before Backward");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (rows, size) = (_layout.Rows, _prior.numel());
        var gradients = new double[_layout.Coefficients.Count];
        var g = torch.zeros([rows, size], ScalarType.Float64, _denoiser.Device); // dL/dx_i, complete for the rows below
        g[rows - 1].copy_(cotangent.reshape(-1));
        for (var j = _layout.Nfe - 1; j >= 0; j--)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            Pull(j, g, gradients);
        }

        Project(CoefficientKind.Prior, g, i => _prior.reshape(-1), gradients);
        Project(CoefficientKind.Noise, g, i => DrawOf(i).reshape(-1), gradients);
        var weights = Enumerable.Range(0, rows).Select(i => Value(CoefficientKind.Prior, i)).ToArray();
        var prior = torch.tensor(weights, [1, rows], device: _denoiser.Device).matmul(g).reshape(_prior.shape);
        return new SamplerGradients(torch.tensor(gradients).MoveToOuterDisposeScope(), prior.MoveToOuterDisposeScope());
    }

    /// <summary>Frees what the run holds.</summary>
    public void Dispose()
    {
        _prior.Dispose();
        _noise.Dispose();
        _states.Dispose();
    }

    // With g_i for i > j:  dL/dD_j = Σ c_ij g_i,  g_j = Σ a_ij g_i + (∂D_j/∂x_j)ᵀ dL/dD_j,  dL/dc_ij = ⟨g_i, D_j⟩,  dL/da_ij = ⟨g_i, x_j⟩.
    private void Pull(int j, Tensor g, double[] gradients)
    {
        var x = _states[j].detach().requires_grad_();
        var sigma = torch.tensor([Value(CoefficientKind.Sigma, j)]).requires_grad_();
        var below = g[(j + 1)..];
        var own = Weights(CoefficientKind.State, j).matmul(below).reshape(-1);
        if (Uses(CoefficientKind.Denoised, j))
        {
            Tensor denoised;
            using (torch.enable_grad())
            {
                denoised = _denoiser.Denoise(x, sigma, _condition).to(x.device, ScalarType.Float64);
            }

            var cotangent = Weights(CoefficientKind.Denoised, j).matmul(below).reshape(x.shape);
            var pulled = torch.autograd.grad([denoised], [x, sigma], [cotangent]);
            own = pulled[0] is { } ofState ? own + ofState.reshape(-1) : own;
            gradients[_layout.PositionOf(new(CoefficientKind.Sigma, j))!.Value] = pulled[1]?.ToDouble() ?? 0;
            Store(CoefficientKind.Denoised, j, below.matmul(denoised.detach().reshape(-1)), gradients);
        }

        Store(CoefficientKind.State, j, below.matmul(_states[j].reshape(-1)), gradients);
        g[j].copy_(own);
    }

    // [1, rows below j]
    private Tensor Weights(CoefficientKind kind, int j)
    {
        var weights = Enumerable.Range(j + 1, _layout.Rows - j - 1)
            .Select(i => _layout.PositionOf(new(kind, i, j)) is { } k ? _values[k] : 0).ToArray();
        return torch.tensor(weights, [1, weights.Length], device: _denoiser.Device);
    }

    private bool Uses(CoefficientKind kind, int j) =>
        Enumerable.Range(j + 1, _layout.Rows - j - 1).Any(i => _layout.PositionOf(new(kind, i, j)) is not null);

    private void Store(CoefficientKind kind, int j, Tensor products, double[] gradients)
    {
        var values = products.to(Device.CPU).ToArray<double>();
        for (var i = j + 1; i < _layout.Rows; i++)
        {
            if (_layout.PositionOf(new(kind, i, j)) is { } k)
            {
                gradients[k] = values[i - j - 1];
            }
        }
    }

    private void Project(CoefficientKind kind, Tensor g, Func<int, Tensor> draw, double[] gradients)
    {
        for (var i = 0; i < _layout.Rows; i++)
        {
            if (_layout.PositionOf(new(kind, i)) is { } k)
            {
                using var inner = torch.NewDisposeScope();
                gradients[k] = (g[i] * draw(i)).sum().ToDouble();
            }
        }
    }

    private double Value(CoefficientKind kind, int i) => _layout.PositionOf(new(kind, i)) is { } k ? _values[k] : 0;

    private Tensor DrawOf(int row) => _noise[_layout.NoisyRows.Index().First(noisy => noisy.Item == row).Index];

    private Tensor Draw(INoiseSource noise) => noise.Next().to(_denoiser.Device, ScalarType.Float64);

    private sealed class KeptDraws(IEnumerable<Tensor> draws) : INoiseSource
    {
        private readonly Queue<Tensor> _left = new(draws);

        public Tensor Next() => _left.Dequeue().alias();
    }
}

/// <summary>Derivatives of a function of the samples, summed over the batch where they are shared by its images.</summary>
/// <param name="Coefficients">With respect to the numbers of the tableau, in the order of the layout; float64 [P], on the CPU.</param>
/// <param name="Prior">With respect to the prior draw ξ; float64 [N,C,H,W].</param>
public sealed record SamplerGradients(Tensor Coefficients, Tensor Prior);
