using System.CommandLine;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp dataset</c>.</summary>
internal static class DatasetCommand
{
    public static Command Create() =>
        new("dataset", "Convert data sets and look into them.") { DatasetConvertCommand.Create(), DatasetInspectCommand.Create() };
}
