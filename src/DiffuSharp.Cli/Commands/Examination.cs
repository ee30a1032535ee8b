using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DiffuSharp.Cli.Output;
using DiffuSharp.Data;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Cli.Commands;

/// <summary>Looks at this machine.</summary>
internal static class Examination
{
    public static IReadOnlyList<Finding> Run() =>
    [
        Engine(),
        new("threads", Found: true, $"{PhysicalCores.Count} physical cores of {Environment.ProcessorCount} processors; --threads changes it; waiting: {torch.thread_waiting}"),
        new("instruction set", Found: true, $"{RuntimeInformation.ProcessArchitecture}, vectors of {VectorBits()} bits"),
        Devices(),
        Ranks(),
        Data(),
        Model(),
    ];

    private static Finding Engine()
    {
        const string Subject = "libtorch";
        try
        {
            return new Finding(Subject, Found: true, $"{torch.version}; {Capability(torch.configuration)}", Essential: true);
        }
        catch (DllNotFoundException error)
        {
            return new Finding(Subject, Found: false, $"{error.Message}; 'make setup build' installs and builds what it needs", Essential: true);
        }
    }

    private static string Capability(string configuration)
    {
        string[] told = ["CPU capability", "Intel(R) MKL-DNN", "CUDA Runtime"];
        return string.Join("; ", configuration.Split('\n')
            .Select(line => line.Trim(' ', '-'))
            .Where(line => told.Any(start => line.StartsWith(start, StringComparison.Ordinal))));
    }

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static Finding Devices()
    {
        try
        {
            var count = torch.cuda.device_count();
            return new Finding("devices", Found: true, count == 0 ? "cpu" : $"cpu, {string.Join(", ", Enumerable.Range(0, count).Select(i => $"cuda:{i}"))}");
        }
        catch (DllNotFoundException)
        {
            return new Finding("devices", Found: false, "unknown without libtorch");
        }
    }

    private static Finding Ranks()
    {
        const string Subject = "several processes";
        try
        {
            return ProcessGroup.Backends is { Length: > 0 } backends
                ? new Finding(Subject, Found: true, $"{backends.Replace(",", ", ", StringComparison.Ordinal)} of libtorch; diffusharp launch starts them")
                : new Finding(Subject, Found: false, "Gloo's headers were not there when this was built; install libgloo-dev and run 'make build'");
        }
        catch (DllNotFoundException)
        {
            return new Finding(Subject, Found: false, "unknown without libtorch");
        }
    }

    private static Finding Data()
    {
        try
        {
            using var data = ImageDataset.Open("fashion-mnist");
            return new Finding("data", Found: true, $"fashion-mnist: {data.Count} images of {data.Shape}");
        }
        catch (Exception error) when (error is InvalidInputException or InvalidDataException or IOException)
        {
            return new Finding("data", Found: false, ErrorReport.Of(error).Line);
        }
    }

    private static Finding Model() => ShippedModel.Find() is { } path
        ? new Finding("model", Found: true, path)
        : new Finding("model", Found: false, $"{ShippedModel.Name} is not there; 'diffusharp train --preset fashion-mnist' makes a model");
}
