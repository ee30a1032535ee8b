using DiffuSharp.Networks;

namespace DiffuSharp.Training;

/// <summary>Named training runs: a network with everything that was chosen for it.</summary>
public static class TrainingPresets
{
    private static readonly Dictionary<string, TrainingOptions> s_presets = new(StringComparer.Ordinal)
    {
        // The model that ships (models/README.md): held-out EDM loss 0.224 after 800 thousand images, 0.221 after 1,000 thousand; 245 to 267
        // images/s on two cores, 144 to 151 on one.
        ["fashion-mnist"] = new TrainingOptions
        {
            Data = "fashion-mnist", Cond = true, HeldoutData = "fashion-mnist:test", Heldout = 256,
            Network = NetworkPresets.Find("fashion-mnist").Network,
            TotalImages = 1_000_000, Batch = 128, BatchGpu = 64, Lr = 1e-3, LrRampup = 50_000, Ema = 50_000, EmaRampup = 0.05,
            Augment = 0, Tick = 5_000, Snap = 10, Dump = 2,
        },

        // EDM's published runs (appendix F, configuration F). Not measured here.
        ["cifar10-cond"] = Published("cifar10-ddpmpp", cond: true),
        ["cifar10-uncond"] = Published("cifar10-ddpmpp", cond: false),
        ["ffhq64"] = Published("ffhq64-ddpmpp", cond: false) with { Batch = 256, Lr = 2e-4, Augment = 0.15 },
        ["imagenet64"] = Published("imagenet64-adm", cond: true) with
        {
            TotalImages = 2_500_000_000, Batch = 4096, Lr = 1e-4, Ema = 50_000_000, Augment = 0,
        },
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => s_presets.Keys;

    /// <summary>
    /// The run of a name; where it has no data set of its own, <see cref="TrainingOptions.Data"/> is empty and must be set.
    /// </summary>
    /// <exception cref="InvalidInputException">There is no such preset.</exception>
    public static TrainingOptions Find(string name) => s_presets.TryGetValue(name, out var options)
        ? options
        : throw new InvalidInputException($"no training preset '{name}'; there are {string.Join(", ", Names)}");

    private static TrainingOptions Published(string network, bool cond) =>
        new() { Data = "", Cond = cond, Network = NetworkPresets.Find(network).Network };
}
