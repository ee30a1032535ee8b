using System.CommandLine;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>What is done to the predictions of a model before a sampler sees them.</summary>
internal sealed class DenoiserFlags
{
    private readonly Option<double?> _guidance = Flag.OptionalNumber("--guidance", "Guidance weight w [1, off]; doubles the NFE.");
    private readonly Option<string?> _gnet = new("--gnet") { Description = "Weaker model that guides [the model itself without class].", HelpName = "FILE" };

    private readonly Option<string?> _interval = new("--guidance-interval")
    {
        Description = "Noise levels that are guided, such as 0.2,5 [all]; the others cost no second evaluation.",
        HelpName = "LO,HI",
    };

    private readonly Option<bool> _clip = new("--clip-denoised")
    {
        Description = "Limit every predicted clean image to [-1, 1], as DDPM's released sampler does.",
    };

    private readonly Option<double?> _clipRange = Flag.OptionalNumber("--clip-range", "Limit them to [-R, R] [1 with --clip-denoised, else no limit].");

    private readonly Option<double?> _clipQuantile = Flag.OptionalNumber(
        "--clip-quantile", "Limit each to this quantile of its own absolute values, at least 1 and at most --clip-range, and divide by it (dynamic thresholding) [off].");

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_guidance, _gnet, _interval, _clip, _clipRange, _clipQuantile];

    /// <summary>Whether guidance is asked for.</summary>
    public bool IsGuided(Invocation run) => run.Has(_guidance);

    /// <summary>The flags in words, for files and reports.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Describe(Invocation run) =>
    [
        .. run.Get(_guidance) is { } weight ? new[] { KeyValuePair.Create("guidance", $"{weight:R}") } : [],
        .. run.Get(_gnet) is { } reference ? new[] { KeyValuePair.Create("gnet", reference) } : [],
        .. run.Get(_interval) is { } interval ? new[] { KeyValuePair.Create("guidance_interval", interval) } : [],
        .. run.Get(_clip) ? new[] { KeyValuePair.Create("clip_denoised", "true") } : [],
        .. run.Get(_clipRange) is { } range ? new[] { KeyValuePair.Create("clip_range", $"{range:R}") } : [],
        .. run.Get(_clipQuantile) is { } quantile ? new[] { KeyValuePair.Create("clip_quantile", $"{quantile:R}") } : [],
    ];

    /// <summary>The flags in words, for checkpoints: files by their content.</summary>
    public string Identity(Invocation run) => string.Join(
        ' ', Describe(run).Select(flag => $"{flag.Key} {(flag.Value == run.Get(_gnet) ? FileIdentity.Of(flag.Value) : flag.Value)}"));

    /// <summary>What a report says of a sampler, with the flags among its options.</summary>
    public SamplerMetadata AddTo(SamplerMetadata sampler, Invocation run) => sampler with { Options = [.. sampler.Options, .. Describe(run)] };

    /// <summary>Loads the model of a path with them.</summary>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models.</exception>
    /// <exception cref="InvalidDataException">A file is no model.</exception>
    public GuidedModel Load(Invocation run, string path, Device device, bool realTimes = false) =>
        GuidedModel.Load(path, Guidance(run), Limit(run), device, realTimes);

    private ImageLimit? Limit(Invocation run)
    {
        if (!run.Get(_clip) && !run.Has(_clipRange) && !run.Has(_clipQuantile))
        {
            return null;
        }

        var limit = new ImageLimit(run.Get(_clipRange) ?? 1, run.Get(_clipQuantile));
        limit.Validate();
        return limit;
    }

    // Null where guidance is off.
    private Guidance? Guidance(Invocation run)
    {
        var weight = run.Get(_guidance) ?? 1;
        if (!double.IsFinite(weight))
        {
            throw new InvalidInputException($"{_guidance.Name} {weight}: must be a finite number; 1 is off");
        }

        run.RequireRead(weight != 1, $"{_guidance.Name}, the weight of the guidance; 1 is off", _gnet, _interval);
        return weight == 1 ? null : new Guidance(weight, run.Get(_gnet), run.Get(_interval) is { } levels ? Interval(levels) : null);
    }

    private SigmaRange Interval(string levels) => SigmaList.Parse(_interval.Name, levels) is [var low, var high] && low < high
        ? new SigmaRange(low, high)
        : throw new InvalidInputException($"{_interval.Name} {levels}: give two noise levels, 0 < LO < HI, such as 0.2,5");
}
