using DiffuSharp.Cli.Output;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>What <c>sample</c> says at the end.</summary>
internal static class SampleReport
{
    public static void Write(Invocation run, string network, SamplerMetadata sampler, IReadOnlyList<long> seeds, GenerationCost cost, SampleFiles files)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Network = network,
                Sampler = sampler.Solver,
                Options = sampler.Options.ToDictionary(o => o.Key, o => o.Value),
                cost.Images,
                cost.Nfe,
                cost.Seconds,
                cost.ImagesPerSecond,
                PeakMemoryMib = ProcessMemory.PeakMebibytes,
                files.Outdir,
                files.Grid,
                files.Predictions,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("model", network),
            ("sampler", $"{sampler.Solver}: {sampler.ShownOptions}"),
            ("images", $"{cost.Images} in {files.Outdir}{Repeated(seeds)}"),
            ("cost", $"{cost.Nfe:0.##} NFE an image, {Duration.Text(cost.Seconds)}, {cost.ImagesPerSecond:0.00} images/s"),
            ("memory", $"{ProcessMemory.PeakMebibytes} MiB at most"),
        ]);
        if (files.Grid is not null)
        {
            run.Console.WriteFacts([("picture", files.Grid)]);
        }

        if (files.Predictions is not null)
        {
            run.Console.WriteFacts([("predictions", files.Predictions)]);
        }
    }

    private static string Repeated(IReadOnlyList<long> seeds) => seeds.Distinct().Count() is var count && count < seeds.Count
        ? $", {count} files: some seeds are named more than once"
        : "";
}
