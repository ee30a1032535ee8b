using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>What the solvers of <see cref="SolverCatalog"/> can be told; each reads the options that it lists.</summary>
public sealed record SolverOptions
{
    /// <summary>Stochasticity of euler and heun.</summary>
    public Churn Churn { get; init; } = new();

    /// <summary>η of ddim, from 0 to 1.</summary>
    public double Eta { get; init; }

    /// <summary>B(h) of unipc.</summary>
    public UniPCVariant Variant { get; init; } = UniPCVariant.Bh2;

    /// <summary>The variable of deis's polynomial.</summary>
    public DeisVariable Polynomial { get; init; } = DeisVariable.Time;

    /// <summary>Whether the last steps of a multistep solver fall back to lower order.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>Whether UniC corrects the states of unipc.</summary>
    public bool Corrector { get; init; } = true;

    /// <summary>σ(t) of euler-maruyama.</summary>
    public NoiseSchedule Schedule { get; init; } = new LinearNoiseSchedule();

    /// <summary>s(t) of euler-maruyama.</summary>
    public Scaling Scaling { get; init; } = new NoScaling();

    /// <summary>The values of some options under their command line names, as a sampler file keeps them.</summary>
    /// <param name="names">Which, as <see cref="Solver.Options"/> lists them.</param>
    public IEnumerable<KeyValuePair<string, string>> Describe(IEnumerable<string> names)
    {
        var values = new Dictionary<string, string>(Churn.Describe(), StringComparer.Ordinal)
        {
            ["eta"] = $"{Eta:R}",
            ["variant"] = Variant.ToString().ToLowerInvariant(),
            ["polynomial"] = Polynomial == DeisVariable.LogSigma ? "log_sigma" : Polynomial.ToString().ToLowerInvariant(),
            ["lower_order_final"] = LowerOrderFinal ? "true" : "false",
            ["corrector"] = Corrector ? "true" : "false",
            ["schedule"] = Schedule switch { VPNoiseSchedule => "vp", VENoiseSchedule => "ve", _ => "linear" },
            ["scaling"] = Scaling is VPScaling ? "vp" : "none",
        };
        return names.Select(name => KeyValuePair.Create(name, values[name]));
    }
}
