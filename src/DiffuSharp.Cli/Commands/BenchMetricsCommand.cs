using System.CommandLine;
using DiffuSharp.Benchmarking;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Metrics;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp bench metrics</c>: what the Frechet and the kernel distance cost.</summary>
internal sealed class BenchMetricsCommand
{
    private static readonly MetricsBenchmarkOptions s_usual = new();

    private readonly Option<int> _images = Flag.Integer("--images", "Generated images.", s_usual.Images, 2, 10_000_000);
    private readonly Option<int> _reference = Flag.Integer("--reference", "Images of the reference.", s_usual.ReferenceImages, 2, 100_000_000);
    private readonly Option<int> _dimension = Flag.Integer("--dim", "Number of features.", s_usual.FeatureDim, 1, 1 << 16);
    private readonly Option<int> _kidSubsets = Flag.Integer("--kid-subsets", "Subsets of kid.", s_usual.Kernel.Subsets, 1, 1_000_000);
    private readonly Option<int> _kidSize = Flag.Integer("--kid-subset-size", "Images in a subset of kid.", s_usual.Kernel.SubsetSize, 2, 1_000_000);

    public static Verb Create()
    {
        var bench = new BenchMetricsCommand();
        var verb = new Verb("metrics", "Time fid and kid on synthetic features.")
        {
            Examples = ["diffusharp bench metrics", "diffusharp bench metrics --dim 128 --json"],
        };
        verb.AddAll(
            bench._images, bench._reference, bench._dimension, bench._kidSubsets, bench._kidSize, CommonOptions.Threads, CommonOptions.Json);

        verb.Runs(bench.Run);
        return verb;
    }

    private int Run(Invocation run)
    {
        torch.set_num_threads(run.Get(CommonOptions.Threads));
        var options = new MetricsBenchmarkOptions
        {
            Images = run.Get(_images),
            ReferenceImages = run.Get(_reference),
            FeatureDim = run.Get(_dimension),
            Kernel = new KernelDistanceOptions { Subsets = run.Get(_kidSubsets), SubsetSize = run.Get(_kidSize) },
        };
        MetricsBenchmarkResult? result = null;
        run.WithProgress("timing", report => result = MetricsBenchmark.Run(options, new InlineProgress<double>(report), run.Cancellation));
        Write(run, options, result!);
        return ExitCode.Success;
    }

    private static void Write(Invocation run, MetricsBenchmarkOptions options, MetricsBenchmarkResult result)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                options.Images, options.ReferenceImages, options.FeatureDim, KidSubsets = options.Kernel.Subsets, KidSubsetSize = options.Kernel.SubsetSize,
                Threads = torch.get_num_threads(), result.MomentsSeconds, result.ReferenceSeconds, result.FrechetSeconds, result.KernelSeconds,
                result.Frechet, result.Kernel, PeakMemoryMib = ProcessMemory.PeakMebibytes,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("features", $"{options.Images} images against {options.ReferenceImages}, {options.FeatureDim} features; {torch.get_num_threads()} threads, libtorch {torch.version}"),
            ("fid", $"{result.FrechetSeconds:0.00} s for the distance ({result.Frechet:0.0000}), {result.MomentsSeconds:0.00} s for mean and covariance of the images"),
            ("reference", $"{result.ReferenceSeconds:0.00} s for its mean and covariance, which come from a file in use"),
            ("kid", $"{result.KernelSeconds:0.00} s for {options.Kernel.Subsets} subsets of {options.Kernel.SubsetSize} ({result.Kernel:0.0000e+0})"),
            ("memory", $"{ProcessMemory.PeakMebibytes} MiB at most"),
        ]);
    }
}
