using System.CommandLine;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp classifier</c>.</summary>
internal static class ClassifierCommand
{
    public static Command Create() =>
        new("classifier", "Train the classifiers that give features and logits to the metrics.") { ClassifierTrainCommand.Create() };
}
