using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// The Markov chain of DDPM with a denoiser: q(x_t | x_0), q(x_{t−1} | x_t, x_0) and p(x_{t−1} | x_t) = q(x_{t−1} | x_t, x̂_0) with the
/// chosen variance (Ho et al. 2020, section 2 and 3.2). Images are x_t of the paper, [N,C,H,W], float64, on the denoiser's device.
/// Steps are given as one for the batch or one for each image.
/// </summary>
public sealed class ReverseProcess
{
    private readonly IDenoiser _denoiser;
    private readonly ReverseVariance _variance;
    private readonly bool _clip;

    /// <summary>Combines a denoiser with a process.</summary>
    /// <param name="denoiser">D; any whose noise levels cover those of the process.</param>
    /// <param name="schedule">The process.</param>
    /// <param name="variance">Variance of p(x_{t−1} | x_t).</param>
    /// <param name="clip">Limit x̂_0 to [−1, 1], as the released code does outside training.</param>
    /// <exception cref="InvalidInputException">The variance is to be learned, but the network does not predict it.</exception>
    public ReverseProcess(
        IDenoiser denoiser, DiscreteNoiseSchedule schedule, ReverseVariance variance = ReverseVariance.FixedLarge, bool clip = true)
    {
        if (variance == ReverseVariance.Learned && denoiser is not IVarianceDenoiser { PredictsVariance: true })
        {
            throw new InvalidInputException("this model does not predict variances: choose fixed_small or fixed_large");
        }

        Schedule = schedule;
        _denoiser = denoiser;
        _variance = variance;
        _clip = clip;
    }

    /// <summary>The process.</summary>
    public DiscreteNoiseSchedule Schedule { get; }

    /// <summary>Size of an image.</summary>
    public ImageShape Shape => _denoiser.Shape;

    /// <summary>Where images are expected.</summary>
    public Device Device => _denoiser.Device;

    /// <summary>x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε, a draw of q(x_t | x_0) (eq. 4).</summary>
    /// <param name="clean">x_0.</param>
    /// <param name="steps">t in [0, T].</param>
    /// <param name="noise">ε, unit normal, of the shape of x_0.</param>
    public Tensor Diffuse(Tensor clean, int[] steps, Tensor noise)
    {
        using var scope = torch.NewDisposeScope();
        var signal = Column(steps, t => Math.Sqrt(Schedule.AlphaBar(t)));
        var spread = Column(steps, t => Math.Sqrt(1 - Schedule.AlphaBar(t)));
        return ((clean * signal) + (noise * spread)).MoveToOuterDisposeScope();
    }

    /// <summary>μ̃_t(x_t, x_0), the mean of q(x_{t−1} | x_t, x_0) (eq. 7).</summary>
    /// <param name="clean">x_0.</param>
    /// <param name="noisy">x_t.</param>
    /// <param name="steps">t in [1, T].</param>
    public Tensor PosteriorMean(Tensor clean, Tensor noisy, int[] steps)
    {
        using var scope = torch.NewDisposeScope();
        var ofClean = Column(steps, t => Schedule.PosteriorMean(t).X0);
        var ofNoisy = Column(steps, t => Schedule.PosteriorMean(t).Xt);
        return ((clean * ofClean) + (noisy * ofNoisy)).MoveToOuterDisposeScope();
    }

    /// <summary>ln β̃_t, with β̃_2 in the place of β̃_1 = 0 as in the released code; [N,1,1,1] or [1,1,1,1].</summary>
    /// <param name="steps">t in [1, T].</param>
    public Tensor PosteriorLogVariance(int[] steps) => Column(steps, PosteriorLogVariance);

    /// <summary>p(x_{t−1} | x_t); one evaluation of the denoiser.</summary>
    /// <param name="noisy">x_t.</param>
    /// <param name="steps">t in [1, T].</param>
    /// <param name="condition">Labels; null for none.</param>
    public ReverseStep At(Tensor noisy, int[] steps, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var sigma = torch.tensor(Array.ConvertAll(steps, t => Schedule.Sigma(t)));
        var x = noisy * Column(steps, t => 1 / Math.Sqrt(Schedule.AlphaBar(t)));
        Tensor denoised;
        Tensor logVariance;
        if (_variance == ReverseVariance.Learned)
        {
            (denoised, var fraction) = ((IVarianceDenoiser)_denoiser).DenoiseWithVariance(x, sigma, condition);
            var low = PosteriorLogVariance(steps);
            var high = Column(steps, t => Math.Log(Schedule.Beta(t)));
            logVariance = low + ((fraction.to(ScalarType.Float64) + 1) * (high - low) * 0.5);
        }
        else
        {
            denoised = _denoiser.Denoise(x, sigma, condition);
            logVariance = Column(steps, FixedLogVariance);
        }

        denoised = denoised.to(ScalarType.Float64);
        denoised = _clip ? denoised.clamp(-1, 1) : denoised;
        var mean = PosteriorMean(denoised, noisy, steps);
        return new(denoised.MoveToOuterDisposeScope(), mean.MoveToOuterDisposeScope(), logVariance.MoveToOuterDisposeScope());
    }

    /// <summary>Ancestral sampling (Algorithm 2) from a step down to x_0; no noise is added at t = 1.</summary>
    /// <param name="noisy">x_t at <paramref name="from"/>.</param>
    /// <param name="from">t in [0, T]; T for generation from unit normal noise.</param>
    /// <param name="noise">Draws of the images, one for each step above 1; [1,C,H,W] serves all images.</param>
    /// <param name="condition">Labels; null for none.</param>
    /// <param name="observe">Shown t and x̂_0 before each step: the progressive decoding of section 4.3. Tensors live for that call.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>x_0.</returns>
    public Tensor Sample(
        Tensor noisy,
        int from,
        INoiseSource noise,
        Condition? condition = null,
        Action<int, Tensor>? observe = null,
        CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var x = noisy.to(Device, ScalarType.Float64).clone();
        for (var t = from; t > 0; t--)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var step = At(x, [t], condition);
            observe?.Invoke(t, step.Denoised);
            x.copy_(t > 1 ? step.Mean + (noise.Next().to(Device) * (step.LogVariance * 0.5).exp()) : step.Mean);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>ln of the variance of p(x_{t−1} | x_t); of a learned one, its upper end.</summary>
    internal double FixedLogVariance(int t) =>
        _variance == ReverseVariance.FixedSmall || t == 1 ? PosteriorLogVariance(t) : Math.Log(Schedule.Beta(t));

    private double PosteriorLogVariance(int t) =>
        Math.Log(Schedule.T == 1 ? Schedule.Beta(1) : Schedule.PosteriorVariance(Math.Max(t, 2)));

    private Tensor Column(int[] steps, Func<int, double> value) =>
        torch.tensor(Array.ConvertAll(steps, t => value(t)), [steps.Length, 1, 1, 1], device: Device);
}
