using System.CommandLine;
using System.Diagnostics;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Training.Classifiers;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp classifier train</c>.</summary>
internal sealed class ClassifierTrainCommand
{
    private static readonly ClassifierTrainingOptions s_usual = new() { Data = "fashion-mnist", TestData = "fashion-mnist:test" };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Data set with classes.", HelpName = "DATA", DefaultValueFactory = _ => s_usual.Data,
    };

    private readonly Option<string> _test = new("--test")
    {
        Description = "Data set that the accuracy is measured on; never trained on.", HelpName = "DATA", DefaultValueFactory = _ => s_usual.TestData,
    };

    private readonly Option<string> _out = new("--out", "--dest") { Description = "File to write.", HelpName = "FILE.safetensors", Required = true };

    private readonly Option<string> _arch = Flag.Choice(
        "--arch", "Architecture; the second is for held-out checks.", s_usual.Architecture, ConvolutionalClassifierOptions.Name, MixerClassifierOptions.Name);

    private readonly Option<int> _epochs = Flag.Integer("--epochs", "Passes over the images.", s_usual.Epochs, 1, 100_000);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images of a step.", s_usual.Batch, 1, 1 << 16);
    private readonly Option<double> _lr = Flag.Number("--lr", "Largest step size.", s_usual.Lr);
    private readonly Option<int> _shift = Flag.Integer("--shift", "Largest random shift in pixels.", s_usual.Shift, 0, 64);

    private readonly Option<bool> _xflip = new("--xflip")
    {
        Description = "Mirror half of the images (--xflip false for none).", DefaultValueFactory = _ => s_usual.XFlip,
    };

    private readonly Option<int> _seed = Flag.Integer("--seed", "Seed of weights, order and augmentation.", s_usual.Seed, 0, int.MaxValue);

    public static Command Create()
    {
        var train = new ClassifierTrainCommand();
        var command = new Verb("train", "Train a classifier and measure it on images that it has not seen.")
        {
            Examples =
            [
                "diffusharp classifier train --out models/fashion-mnist-classifier.safetensors",
                "diffusharp classifier train --arch mixer --seed 1 --out models/fashion-mnist-classifier-heldout.safetensors",
            ],
        };
        command.AddAll(train.Own);

        command.Runs(train.Run);
        return command;
    }

    private IReadOnlyList<Option> Own =>
    [
        _data, _test, _out, _arch, _epochs, _batch, _lr, _shift, _xflip, _seed, CommonOptions.Overwrite, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json,
    ];

    private int Run(Invocation run)
    {
        var path = run.Get(_out)!;
        if (Directory.Exists(path))
        {
            throw new InvalidInputException($"--out {path}: is a folder; name a file");
        }

        using var hold = run.HoldNew(_out);
        var options = s_usual with
        {
            Data = run.Get(_data)!,
            TestData = run.Get(_test)!,
            Architecture = run.Get(_arch)!,
            Epochs = run.Get(_epochs),
            Batch = run.Get(_batch),
            Lr = run.Get(_lr),
            Shift = run.Get(_shift),
            XFlip = run.Get(_xflip),
            Seed = run.Get(_seed),
        };
        var trainer = new ClassifierTrainer(options, CommonOptions.OpenDevice(run)) { Remarks = run.Remarks };
        var watch = Stopwatch.StartNew();
        ClassifierModel? model = null;
        run.WithProgress("training", report => model = trainer.Train(
            new InlineProgress<ClassifierTrainingProgress>(p => report(p.Fraction)), run.Cancellation));
        using var trained = model!;
        ClassifierFile.Save(path, trained);
        Write(run, path, trained, watch.Elapsed.TotalSeconds);
        return ExitCode.Success;
    }

    private static void Write(Invocation run, string path, ClassifierModel model, double seconds)
    {
        var description = model.Description;
        var parameters = model.Network.parameters().Sum(p => p.numel());
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path, Sha256 = FileHash.Sha256(path), Parameters = parameters, description.Network.Architecture, description.Dataset, description.Epochs,
                description.Seed, description.TestDataset, description.TestImages, description.TestAccuracy, Seconds = seconds,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("file", $"{path}, {new FileInfo(path).Length / 1e6:0.00} MB, SHA-256 {FileHash.Sha256(path)}"),
            ("network", $"{description.Network.Architecture}, {parameters / 1e6:0.00} M parameters"),
            ("accuracy", $"{description.TestAccuracy:0.0000} on {description.TestImages} images of {description.TestDataset}"),
            ("training", $"{description.Epochs} epochs of {description.Dataset}, seed {description.Seed}, {Duration.Text(seconds)}"),
        ]);
    }
}
