using System.CommandLine;
using System.CommandLine.Help;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;

namespace DiffuSharp.Cli;

/// <summary>The verbs.</summary>
internal static class Root
{
    private const int PipedWidth = 80;

    public static RootCommand Create()
    {
        var root = new RootCommand("DiffuSharp: train diffusion models, sample them and measure both.")
        {
            HelpName = "diffusharp",
        };
        foreach (var command in new[]
        {
            SampleCommand.Create(),
            SearchCommand.Create(),
            TrainCommand.Create(),
            TuneCommand.Create(),
            EvaluateCommand.Create(),
            ClassifierCommand.Create(),
            LikelihoodCommand.Create(),
            EncodeCommand.Create(),
            DecodeCommand.Create(),
            CodecCommand.Create(),
            DenoiseCommand.Create(),
            InterpolateCommand.Create(),
            BenchCommand.Create(),
            PlotCommand.Create(),
            InfoCommand.Create(),
            DatasetCommand.Create(),
            ModelCommand.Create(),
            SamplerCommand.Create(),
            CatalogCommand.Create(),
            LaunchCommand.Create(),
            MergeCommand.Create(),
            DoctorCommand.Create(),
        })
        {
            root.Add(command);
        }

        root.Options.Add(PluginFlag.Option);
        root.Directives.Clear();
        var help = root.Options.OfType<HelpOption>().Single();
        var usual = (HelpAction)help.Action!;
        if (Console.IsOutputRedirected)
        {
            usual.MaxWidth = PipedWidth;
        }

        help.Action = new HelpWithExamples(usual);
        root.SetAction(parse => ((HelpWithExamples)help.Action).Invoke(parse));
        return root;
    }
}
