using System.Text.Json;
using System.Text.Json.Serialization;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Training;

/// <summary>
/// A training run. Amounts of training are counted in images seen. The defaults are those of EDM for CIFAR-10 (Karras et al. 2022,
/// appendix F.2).
/// </summary>
public sealed record TrainingOptions
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    /// <summary>Data set: a zip file, a folder, an idx file or a known name.</summary>
    public required string Data { get; init; }

    /// <summary>Train a class-conditional model; the data must have labels.</summary>
    public bool Cond { get; init; }

    /// <summary>Double the data by mirrored copies.</summary>
    public bool Xflip { get; init; }

    /// <summary>Images for the held-out loss; 0 for none.</summary>
    public int Heldout { get; init; }

    /// <summary>Data set of the held-out images; null takes them out of <see cref="Data"/>.</summary>
    public string? HeldoutData { get; init; }

    /// <summary>The network; image size, labels and augmentation labels follow the data.</summary>
    public required NetworkOptions Network { get; init; }

    /// <summary>Preconditioning, loss weight and noise distribution.</summary>
    public Preconditioning Preconditioning { get; init; } = new EdmPreconditioning();

    /// <summary>Loss of a discrete model (ddpm); null for the simple one, or with learned variance the hybrid one.</summary>
    public DiscreteObjective? Objective { get; init; }

    /// <summary>
    /// The loss; null for that of the preconditioning. VP's or VE's for an edm model is configuration D of Karras et al. 2022, Table 2.
    /// </summary>
    [JsonConverter(typeof(RecipeJsonConverter))]
    public TrainingLoss? Loss { get; init; }

    /// <summary>Images seen at the end.</summary>
    public long TotalImages { get; init; } = 200_000_000;

    /// <summary>Images of a step.</summary>
    public int Batch { get; init; } = 512;

    /// <summary>Images that go through the network at once; null for the whole batch. Needs less memory, gives the same result but for
    /// rounding and dropout masks.</summary>
    public int? BatchGpu { get; init; }

    /// <summary>Learning rate of Adam after the ramp-up.</summary>
    public double Lr { get; init; } = 1e-3;

    /// <summary>Images over which the learning rate rises linearly from 0.</summary>
    public long LrRampup { get; init; } = 10_000_000;

    /// <summary>Half-life of the moving average of the weights, in images.</summary>
    public long Ema { get; init; } = 500_000;

    /// <summary>The half-life is at most so many times the images seen; null for no such limit.</summary>
    public double? EmaRampup { get; init; } = 0.05;

    /// <summary>Probability of each augmentation; 0 for none.</summary>
    public double Augment { get; init; } = 0.12;

    /// <summary>Seed of weights, data order, noise and dropout.</summary>
    public int Seed { get; init; }

    /// <summary>Images between two lines of the log.</summary>
    public long Tick { get; init; } = 50_000;

    /// <summary>Ticks between two network snapshots with sample grid and held-out loss; 0 for only at the end.</summary>
    public int Snap { get; init; } = 50;

    /// <summary>Ticks between two training states; 0 for only at the end.</summary>
    public int Dump { get; init; } = 500;

    /// <summary>Metrics on samples as the run goes; null for none.</summary>
    public TrainingMetricsOptions? Metrics { get; init; }

    /// <summary>Words for the name of the run directory.</summary>
    public string? Desc { get; init; }

    /// <summary>Where to compute: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads of an operator on the CPU; null leaves them as they are.</summary>
    public int? Threads { get; init; }

    /// <summary>Processes that share each batch.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Let CUDA use TF32 (10 bits of mantissa) in products and convolutions.</summary>
    public bool Tf32 { get; init; }

    /// <summary>
    /// Data sets up to this size in bytes are kept on the training device; larger ones are read batch by batch.
    /// </summary>
    public long ResidentLimit { get; init; } = 4L << 30;

    /// <summary>Published name of the architecture.</summary>
    [JsonIgnore]
    public string Arch => Network switch
    {
        SongUNetOptions { EmbeddingType: "positional" } => "ddpmpp",
        SongUNetOptions => "ncsnpp",
        _ => "adm",
    };

    /// <summary>Published name of the preconditioning.</summary>
    [JsonIgnore]
    public string Precond => Preconditioning switch
    {
        EdmPreconditioning => "edm",
        VPPreconditioning => "vp",
        VEPreconditioning => "ve",
        IddpmPreconditioning => "iddpm",
        DiscretePreconditioning => "ddpm",
        _ => "flow",
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is not that.</exception>
    public static TrainingOptions FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingOptions>(text, s_json)
                ?? throw new InvalidDataException("the training options are empty");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"the training options are not valid: {error.Message}", error);
        }
    }

    /// <summary>JSON in snake case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Checks that a run with these options can go on with others.</summary>
    /// <param name="now">The other options; how far, where and with what reports they let the run go does not matter.</param>
    /// <exception cref="InvalidInputException">A hyper-parameter differs; one line names all that do.</exception>
    public void RequireSame(TrainingOptions now)
    {
        if (TrainingOptionChanges.Between(this, now) is { Count: > 0 } changes)
        {
            throw new InvalidInputException(
                $"the run was started with other hyper-parameters: {string.Join(", ", changes)}; "
                + "leave these flags out or add --override");
        }
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        Require(Data.Length > 0, "data: name a data set");
        Require(Heldout >= 0, $"heldout {Heldout} must not be negative");
        Require(TotalImages > 0, $"duration {TotalImages} must be positive");
        Require(Batch > 0, $"batch {Batch} must be positive");
        Require(BatchGpu is null || (BatchGpu > 0 && Batch % BatchGpu == 0), $"batch-gpu {BatchGpu} must divide the batch of {Batch}");
        Require(Ranks > 0 && Batch % Ranks == 0, $"batch {Batch} must be a multiple of the {Ranks} processes that share it");
        Require(double.IsFinite(Lr) && Lr > 0, $"lr {Lr} must be positive");
        Require(LrRampup >= 0, $"lr-rampup {LrRampup} must not be negative");
        Require(Ema > 0, $"ema {Ema} must be positive");
        Require(EmaRampup is null or > 0, $"ema-rampup {EmaRampup} must be positive");
        Require(Augment is >= 0 and <= 1, $"augment {Augment} must lie in [0, 1]");
        Require(Seed >= 0, $"seed {Seed} must not be negative");
        Require(Tick > 0, $"tick {Tick} must be positive");
        Require(Snap >= 0 && Dump >= 0, "snap and dump must not be negative");
        Require(Threads is null or > 0, $"threads {Threads} must be positive");
        Require(Preconditioning is not FlowPreconditioning, "precond: training knows vp, ve, iddpm, edm and ddpm");
        Require(Objective is null || Preconditioning is DiscretePreconditioning, "objective belongs to precond ddpm");
        Require(Loss is null || Objective is null, "loss and objective: the loss says everything; give one of the two");
        Loss?.Validate();
        Require(Loss?.Suits(Preconditioning) != false, $"loss {Loss} does not suit precond {Precond}");
        Preconditioning.Validate();
        if (Preconditioning is DiscretePreconditioning discrete && CreateLoss() is DiscreteLoss { Objective: var objective })
        {
            var learned = discrete.Variance == ReverseVariance.Learned;
            Require(!learned || objective != DiscreteObjective.Simple, "objective simple does not train a learned variance: use hybrid or vlb");
            Require(learned || objective != DiscreteObjective.Hybrid, "objective hybrid needs variance learned");
        }

        Require(Desc is null || Desc.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0, $"desc '{Desc}' does not fit in a file name");
        Network.Validate();
        Metrics?.Validate();
        _ = ParseDevice();
    }

    /// <summary>The loss that preconditioning and objective ask for.</summary>
    /// <exception cref="InvalidInputException">There is none for the preconditioning.</exception>
    public TrainingLoss CreateLoss() => (Loss ?? Preconditioning switch
    {
        VPPreconditioning => new VPLoss(),
        VEPreconditioning => new VELoss(),
        IddpmPreconditioning => new IddpmLoss(),
        EdmPreconditioning => new EdmLoss(),
        DiscretePreconditioning => new DiscreteLoss { Objective = Objective },
        _ => throw new InvalidInputException($"there is no loss for {Precond}; train with vp, ve, iddpm, edm or ddpm"),
    }).For(Preconditioning);

    /// <summary>The same with data that are found from any current folder; known names stay.</summary>
    /// <param name="isNamed">Whether the data have a name by which they can be opened.</param>
    internal TrainingOptions WithFullPaths(bool isNamed = true) => this with
    {
        Data = isNamed ? ImageSource.FullName(Data) : Data, HeldoutData = HeldoutData is null ? null : ImageSource.FullName(HeldoutData), Metrics = Metrics?.WithFullPaths(),
    };

    /// <summary>Where to compute.</summary>
    /// <exception cref="InvalidInputException">The text names no device, or there is none.</exception>
    internal Device ParseDevice()
    {
        try
        {
            var device = Torch.Device.Parse(Device);
            Require(
                device.Type == DeviceType.CPU || torch.cuda.device_count() > Math.Max(device.Index, 0),
                $"device {Device}: libtorch finds no such device here");
            return device;
        }
        catch (FormatException error)
        {
            throw new InvalidInputException($"device: {error.Message}");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException($"training options: {message}");
        }
    }
}
