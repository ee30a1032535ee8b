using System.CommandLine;
using System.Globalization;
using DiffuSharp.Denoising;
using DiffuSharp.Pipelines;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>What is done to the predictions of a model before a sampler sees them.</summary>
internal sealed class DenoiserFlags
{
    private readonly Option<string?> _guidance = new("--guidance")
    {
        Description = "Guidance: its weight w, or cfg:W, autoguidance:W,network=FILE, ... as in 'diffusharp catalog guidance' [1, off]; doubles the NFE.", HelpName = "W",
    };

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
        .. run.Get(_guidance) is { } guidance ? new[] { KeyValuePair.Create("guidance", guidance) } : [],
        .. run.Get(_gnet) is { } reference ? new[] { KeyValuePair.Create("gnet", reference) } : [],
        .. run.Get(_interval) is { } interval ? new[] { KeyValuePair.Create("guidance_interval", interval) } : [],
        .. run.Get(_clip) ? new[] { KeyValuePair.Create("clip_denoised", "true") } : [],
        .. run.Get(_clipRange) is { } range ? new[] { KeyValuePair.Create("clip_range", $"{range:R}") } : [],
        .. run.Get(_clipQuantile) is { } quantile ? new[] { KeyValuePair.Create("clip_quantile", $"{quantile:R}") } : [],
    ];

    /// <summary>The flags in words, for checkpoints: files by their content.</summary>
    public string Identity(Invocation run) => string.Join(
        ' ', new[] { Guidance(run) is { } guidance ? RecipeText.Identity(guidance) : "", Limit(run) is { } limit ? $"limit {limit}" : "" }.Where(word => word.Length > 0));

    /// <summary>What a report says of a sampler, with the flags among its options.</summary>
    public SamplerMetadata AddTo(SamplerMetadata sampler, Invocation run) => sampler with { Options = [.. sampler.Options, .. Describe(run)] };

    /// <summary>Opens the model of a path with them.</summary>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models.</exception>
    /// <exception cref="InvalidDataException">A file is no model.</exception>
    public Pipeline Open(Invocation run, string path, Device device) =>
        Pipeline.Open(path, new PipelineOptions { Device = device, Guidance = Guidance(run), Limit = Limit(run) });

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

    // Null where guidance is off. A bare weight is classifier-free guidance, or with --gnet autoguidance.
    private Guidance? Guidance(Invocation run)
    {
        var text = run.Get(_guidance) ?? "1";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
        {
            run.RequireRead(isRead: false, $"a bare weight; {text} says it itself", _gnet, _interval);
            return Parsed(text);
        }

        run.RequireRead(weight != 1, $"{_guidance.Name}, the weight of the guidance; 1 is off", _gnet, _interval);
        Guidance guidance = run.Get(_gnet) is { } file ? new Autoguidance { Network = file } : new ClassifierFreeGuidance();
        var (low, high) = run.Get(_interval) is { } levels ? Interval(levels) : (null, null);
        return weight == 1 ? null : RecipeText.Checked(guidance with { Weight = weight, Low = low, High = high });
    }

    private Guidance Parsed(string text)
    {
        try
        {
            return RecipeText.Parse<Guidance>(text);
        }
        catch (InvalidInputException error)
        {
            throw new InvalidInputException($"{_guidance.Name} {text}: {error.Message}");
        }
    }

    private (double? Low, double? High) Interval(string levels) => SigmaList.Parse(_interval.Name, levels) is [var low, var high] && low < high
        ? (low, high)
        : throw new InvalidInputException($"{_interval.Name} {levels}: give two noise levels, 0 < LO < HI, such as 0.2,5");
}
