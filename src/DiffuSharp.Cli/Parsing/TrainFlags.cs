using System.CommandLine;
using System.Globalization;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Cli.Parsing;

/// <summary>
/// The flags that describe a training run; each changes one option of a preset, of an earlier run or of EDM's defaults.
/// </summary>
internal sealed class TrainFlags
{
    private readonly Option<string?> _data =
        new("--data") { Description = "Zip, folder or idx file, or a name.", HelpName = "DATA" };
    private readonly Option<bool?> _cond =
        new("--cond") { Description = "Train a class-conditional model.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _noCond = new("--no-cond") { Description = "Train an unconditional model." };

    private readonly Option<string?> _arch = Flag.OptionalChoice("--arch", "Architecture.", "ddpmpp", "ncsnpp", "adm");
    private readonly Option<string?> _precond = Flag.OptionalChoice("--precond", "Preconditioning and loss.", "vp", "ve", "iddpm", "edm", "ddpm");
    private readonly RecipeFlags<TrainingLoss> _loss = new("--loss", "Loss [that of the preconditioning]; vp and ve suit an edm network too:");
    private readonly DiscreteFlags _discrete = new();

    private readonly Option<long?> _duration = ImageCount.InMimg("--duration", "Images to see.");
    private readonly Option<int?> _batch = Flag.OptionalInteger("--batch", "Images of a step.", 1, int.MaxValue);
    private readonly Option<int?> _batchGpu =
        Flag.OptionalInteger("--batch-gpu", "Images through the network at once.", 1, int.MaxValue);
    private readonly Option<int?> _cbase = Flag.OptionalInteger("--cbase", "Channels at multiplier 1.", 4, 1 << 16);

    private readonly Option<string?> _cres =
        new("--cres") { Description = "Channel multiplier of each level, 1,2,2.", HelpName = "LIST" };
    private readonly Option<double?> _lr = Flag.OptionalNumber("--lr", "Learning rate.");
    private readonly Option<long?> _lrRampup = ImageCount.InMimg("--lr-rampup", "Images over which the learning rate rises.");
    private readonly Option<long?> _ema = ImageCount.InMimg("--ema", "Half-life of the averaged weights.");
    private readonly Option<double?> _dropout = Flag.OptionalNumber("--dropout", "Dropout probability.");
    private readonly Option<double?> _labelDropout = Flag.OptionalNumber(
        "--label-dropout", "Probability of training without the label, for guidance; with --cond.");
    private readonly Option<double?> _augment = Flag.OptionalNumber("--augment", "Augmentation probability; 0 for none.");
    private readonly Option<bool?> _xflip =
        new("--xflip") { Description = "Double the data by mirrored copies.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _heldout =
        Flag.OptionalInteger("--heldout", "Images for the held-out loss; 0 for none.", 0, int.MaxValue);

    private readonly Option<string?> _heldoutData = new("--heldout-data")
    {
        Description = "Data set of the held-out images; by default part of --data, which is then not trained on.", HelpName = "DATA",
    };

    private readonly Option<int?> _seed = Flag.OptionalInteger("--seed", "Seed of everything random.", 0, int.MaxValue);
    private readonly Option<long?> _tick = ImageCount.InKimg("--tick", "Images between two lines of the log.");
    private readonly Option<int?> _snap =
        Flag.OptionalInteger("--snap", "Ticks between network snapshots; 0 for the end only.", 0, int.MaxValue);
    private readonly Option<int?> _dump =
        Flag.OptionalInteger("--dump", "Ticks between training states; 0 for the end only.", 0, int.MaxValue);
    private readonly Option<string?> _desc =
        new("--desc") { Description = "Words for the name of the run directory.", HelpName = "TEXT" };
    private readonly Option<bool?> _tf32 = new("--tf32") { Description = "Let CUDA use TF32.", Arity = ArgumentArity.ZeroOrOne };

    private readonly TrainingMetricsFlags _metrics = new();

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        _data, _cond, _noCond, _arch, _precond, _loss.Spec, .. _discrete.All, _duration, _batch, _batchGpu, _cbase, _cres, _lr, _lrRampup, _ema, _dropout,
        _labelDropout, _augment,
        _xflip, _heldout, _heldoutData, _seed, _tick, _snap, _dump, _desc, _tf32, .. _metrics.All,
    ];

    /// <summary>Changes what the user asked for.</summary>
    /// <param name="run">The command line.</param>
    /// <param name="start">The run to start from; null for EDM's defaults.</param>
    public TrainingOptions Apply(Invocation run, TrainingOptions? start)
    {
        start ??= new TrainingOptions { Data = "", Network = Architecture("ddpmpp") };
        var network = run.Get(_arch) is { } arch && arch != start.Arch
            ? Architecture(arch) with { Dropout = start.Network.Dropout, LabelDropout = start.Network.LabelDropout }
            : start.Network;
        var preconditioning = _discrete.Apply(
            run, run.Get(_precond) is { } precond && precond != start.Precond ? Precondition(precond) : start.Preconditioning);
        var cond = !run.Get(_noCond) && (run.Get(_cond) ?? start.Cond);
        if (run.Has(_labelDropout) && !cond)
        {
            throw new InvalidInputException("--label-dropout: an unconditional model has no labels; add --cond");
        }

        return start with
        {
            Data = run.Get(_data) ?? start.Data,
            Cond = cond,
            Xflip = run.Get(_xflip) ?? start.Xflip,
            Heldout = run.Get(_heldout) ?? start.Heldout,
            HeldoutData = run.Get(_heldoutData) ?? (run.Has(_data) ? null : start.HeldoutData),
            Network = Sized(run, network) with
            {
                Dropout = run.Get(_dropout) ?? network.Dropout,
                LabelDropout = run.Get(_labelDropout) ?? network.LabelDropout,
            },
            Preconditioning = preconditioning,
            Objective = _discrete.Objective(run) ?? (preconditioning is DiscretePreconditioning ? start.Objective : null),
            Loss = run.Get(_loss.Spec) is { } loss ? RecipeText.Parse<TrainingLoss>(loss) : start.Loss?.Suits(preconditioning) == true ? start.Loss : null,
            TotalImages = run.Get(_duration) ?? start.TotalImages,
            Batch = run.Get(_batch) ?? start.Batch,
            BatchGpu = run.Get(_batchGpu) ?? (run.Has(_batch) ? null : start.BatchGpu),
            Lr = run.Get(_lr) ?? start.Lr,
            LrRampup = run.Get(_lrRampup) ?? start.LrRampup,
            Ema = run.Get(_ema) ?? start.Ema,
            Augment = run.Get(_augment) ?? start.Augment,
            Seed = run.Get(_seed) ?? start.Seed,
            Tick = run.Get(_tick) ?? start.Tick,
            Snap = run.Get(_snap) ?? start.Snap,
            Dump = run.Get(_dump) ?? start.Dump,
            Desc = run.Get(_desc) ?? start.Desc,
            Device = run.Has(CommonOptions.Device) ? run.Get(CommonOptions.Device)! : start.Device,
            Threads = run.Has(CommonOptions.Threads) || start.Threads is null ? run.Get(CommonOptions.Threads) : start.Threads,
            Tf32 = run.Get(_tf32) ?? start.Tf32,
            Metrics = _metrics.Apply(run, start.Metrics),
        };
    }

    private NetworkOptions Sized(Invocation run, NetworkOptions network) => network is EdmNetworkOptions edm
        ? edm with
        {
            ModelChannels = run.Get(_cbase) ?? edm.ModelChannels,
            ChannelMult = run.Get(_cres) is { } cres ? Integers(cres) : edm.ChannelMult,
        }
        : network;

    // Image size and labels are those of the data in the end.
    private static NetworkOptions Architecture(string arch) => NetworkPresets.Find(arch switch
    {
        "ddpmpp" => "cifar10-ddpmpp",
        "ncsnpp" => "cifar10-ncsnpp",
        _ => "imagenet64-adm",
    }).Network;

    private static Preconditioning Precondition(string precond) => precond switch
    {
        "vp" => new VPPreconditioning(),
        "ve" => new VEPreconditioning(),
        "iddpm" => new IddpmPreconditioning(),
        "ddpm" => new DiscretePreconditioning(),
        _ => new EdmPreconditioning(),
    };

    private static int[] Integers(string list) => [.. list.Split(',').Select(text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidInputException($"--cres {list}: write whole numbers with commas, such as 1,2,2"))];
}
