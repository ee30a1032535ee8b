using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Search;

namespace DiffuSharp.Tests.Search;

/// <summary>Small closed-form search problems.</summary>
internal static class Toy
{
    public static readonly ImageShape Shape = new(1, 2, 2);

    public static SamplerTableau Heun(int steps = 4) =>
        new Heun().Build(NoiseLevels.EDM(steps, new SigmaRange(0.01, 10)));

    public static SamplerTableau Noisy(int steps = 5) => new Ddim { Eta = 1 }.Build(NoiseLevels.EDM(steps, new SigmaRange(0.01, 10)));

    public static SearchProblem Problem(IDenoiser denoiser, SamplerTableau sampler, long nfe, int images = 5) => new()
    {
        Denoiser = denoiser,
        Sampler = sampler,
        Verifier = new LinearVerifier(0.25, 0.25, 0.25, 0.25),
        Budget = new SearchBudget { Nfe = nfe },
        Seeds = [.. Enumerable.Range(3, images).Select(seed => (long)seed)],
        Batch = 8,
        Block = 4,
    };

    /// <summary>Data N(0, 0.1²): samples stay within [−1, 1].</summary>
    public static GaussianDenoiser Gaussian() => new(Shape, 0.1);

    public static GaussianMixtureDenoiser Mixture() => new(
        Shape, [1, 2], [[0.5, 0.2, -0.3, 0.1], [-0.4, 0.3, 0.2, -0.1]], [0.1, 0.2]);
}
