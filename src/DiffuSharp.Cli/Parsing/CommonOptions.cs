using System.CommandLine;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as one JSON document." };

    public static Option<bool> Overwrite { get; } = new("--overwrite") { Description = "Replace what is there from an earlier run." };

    public static Option<string?> Network { get; } = new("--network", "--net")
    {
        Description = "Model file [the shipped one]; torchscript:FILE runs a TorchScript module.", HelpName = "FILE",
    };

    public static Option<string> Device { get; } = new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.", HelpName = "DEVICE", DefaultValueFactory = _ => "cpu",
    };

    public static Option<int> Threads { get; } = Flag.Integer(
        "--threads", "Threads inside one operator; by default one for each physical core.", PhysicalCores.PerProcess, 1, 4096);

    /// <summary>The model file that is asked for.</summary>
    public static string NetworkPath(Invocation run) => ShippedModel.Or(run.Get(Network));

    /// <summary>The device that is asked for.</summary>
    /// <exception cref="InvalidInputException">There is no such device here.</exception>
    /// <exception cref="FormatException">The text names no device.</exception>
    public static Device OpenDevice(Invocation run)
    {
        var device = OfRank(run, Torch.Device.Parse(run.Get(Device)!));
        if (device.Type == DeviceType.CUDA && Math.Max(device.Index, 0) >= torch.cuda.device_count())
        {
            throw new InvalidInputException(
                $"--device {device}: libtorch sees {torch.cuda.device_count()} CUDA devices here; use --device cpu");
        }

        torch.set_num_threads(run.Get(Threads));
        return device;
    }

    /// <summary>The device of a rank: <c>cuda</c> is the GPU of its number on the machine.</summary>
    public static Device OfRank(Invocation run, Device device) =>
        device.Type == DeviceType.CUDA && device.Index < 0 && run.Group is { } group ? device with { Index = group.Settings.LocalRank } : device;
}
