using System.CommandLine;
using DiffuSharp.Benchmarking;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Networks;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp bench</c>: images per second of a network.</summary>
internal sealed class BenchCommand
{
    private readonly Option<string> _network = new("--network", "--net")
    {
        Description = $"Preset ({string.Join(", ", NetworkPresets.Names)}) with random weights, or a model.",
        HelpName = "PRESET|FILE",
        DefaultValueFactory = _ => "fashion-mnist",
    };

    private readonly Option<int> _batch = Flag.Integer("--batch", "Images in a batch.", 64, 1, 1 << 20);
    private readonly Option<string> _mode = Flag.Choice("--mode", "What is timed.", "inference", "inference", "training");
    private readonly Option<int> _repeats = Flag.Integer("--repeats", "Timed repeats; the result is their median.", 7, 5, 100_000);

    public static Command Create()
    {
        var options = new BenchCommand();
        var command = new Verb("bench", "Measure images per second for one network evaluation, or one training step.")
        {
            Examples =
            [
                "diffusharp bench",
                "diffusharp bench metrics",
                "diffusharp bench --network cifar10-ddpmpp --batch 8 --threads 2 --mode training --json",
            ],
        };
        command.AddAll(
            options._network, options._batch, options._mode, options._repeats, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);
        command.Add(BenchMetricsCommand.Create());
        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var device = CommonOptions.OpenDevice(run);
        var name = run.Get(_network)!;
        using var preset = NetworkPresets.Names.Contains(name) ? new DiffusionModel(NetworkPresets.Find(name)) : null;
        using var file = preset is null ? Open(name, device) : null;
        preset?.To(device);
        var model = preset ?? file!.Model;
        var options = new ThroughputOptions
        {
            Batch = run.Get(_batch),
            Mode = Enum.Parse<BenchmarkMode>(run.Get(_mode)!, ignoreCase: true),
            Repeats = run.Get(_repeats),
        };
        ThroughputResult? result = null;
        run.WithProgress("timing", report =>
        {
            var progress = new InlineProgress<double>(report);
            result = model is null
                ? ThroughputBenchmark.Run(file!.Denoiser, options, progress, run.Cancellation)
                : ThroughputBenchmark.Run(model, options, progress, run.Cancellation);
        });
        Write(run, name, device, model, options, result!);
        return ExitCode.Success;
    }

    private static DenoiserFile Open(string name, Device device) => File.Exists(ScriptName.FileOf(name))
        ? DenoiserFile.Load(name, device)
        : throw new InvalidInputException($"--network {name}: neither a file nor a preset; the presets are {string.Join(", ", NetworkPresets.Names)}");

    // The names are those of the PyTorch peer, benchmarks/pytorch/bench.py.
    private static void Write(
        Invocation run, string name, Device device, DiffusionModel? model, ThroughputOptions options, ThroughputResult result)
    {
        var parameters = model?.Network.parameters().Sum(p => p.numel());
        if (run.Json)
        {
            run.WriteJson(new
            {
                Peer = "diffusharp",
                Libtorch = torch.version,
                Device = device.ToString(),
                Network = name,
                Parameters = parameters,
                Mode = options.Mode.ToString().ToLowerInvariant(),
                options.Batch,
                Threads = torch.get_num_threads(),
                options.Repeats,
                MedianSeconds = Math.Round(result.MedianSeconds, 5),
                MinSeconds = Math.Round(result.MinSeconds, 5),
                ImagesPerSecond = Math.Round(result.ImagesPerSecond, 2),
                PeakMemoryMib = ProcessMemory.PeakMebibytes,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("network", model is null ? $"{name}, TorchScript" : $"{name}, {parameters / 1e6:0.00} M parameters"),
            ("mode", $"{options.Mode.ToString().ToLowerInvariant()}, batch {options.Batch}"),
            ("machine", $"{device}, {torch.get_num_threads()} threads, libtorch {torch.version}"),
            ("time", $"{result.MedianSeconds:0.0000} s a batch (median of {options.Repeats}; least {result.MinSeconds:0.0000} s)"),
            ("throughput", $"{result.ImagesPerSecond:0.00} images/s"),
            ("memory", $"{ProcessMemory.PeakMebibytes} MiB at most"),
        ]);
    }
}
