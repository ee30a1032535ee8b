namespace DiffuSharp.Cli;

/// <summary>The cores of this machine: threads beyond them only get into each other's way.</summary>
internal static class PhysicalCores
{
    private const string Processors = "/sys/devices/system/cpu";

    /// <summary>Cores that this process may use, hyper-threads not counted.</summary>
    public static int Count { get; } = Math.Clamp(FromSystem(), 1, Environment.ProcessorCount);

    /// <summary>Cores for this process where a launcher started several on this machine without binding each to cores of its own.</summary>
    public static int PerProcess { get; } =
        Math.Max(1, Count / (int.TryParse(Environment.GetEnvironmentVariable("LOCAL_WORLD_SIZE"), out var ranks) && ranks > 0 ? ranks : 1));

    private static int FromSystem()
    {
        try
        {
            var siblings = Directory.EnumerateDirectories(Processors, "cpu*")
                .Select(folder => Path.Combine(folder, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct()
                .Count();
            return siblings > 0 ? siblings : Environment.ProcessorCount;
        }
        catch (IOException)
        {
            return Environment.ProcessorCount;
        }
    }
}
