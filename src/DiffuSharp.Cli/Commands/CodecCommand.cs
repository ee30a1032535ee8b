using System.CommandLine;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp codec encode|decode</c>: images as the bit stream of a model.</summary>
internal static class CodecCommand
{
    public static Command Create() => new("codec", "Compress images with a model, losslessly or progressively, and decompress them.")
    {
        CodecEncodeCommand.Create(), CodecDecodeCommand.Create(),
    };
}
