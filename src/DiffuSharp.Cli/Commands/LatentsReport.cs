using DiffuSharp.Cli.Output;
using DiffuSharp.Denoising;

namespace DiffuSharp.Cli.Commands;

/// <summary>What <c>encode</c> and <c>decode</c> say at the end.</summary>
internal static class LatentsReport
{
    public static void Write(Invocation run, string network, string output, int images, IDenoiser denoiser)
    {
        var nfe = denoiser.Evaluations / (double)images;
        if (run.Json)
        {
            run.WriteJson(new { Network = network, Output = output, Images = images, Nfe = nfe });
            return;
        }

        run.Console.WriteFacts([("model", network), ("images", $"{images}"), ("cost", $"{nfe:0.##} NFE an image"), ("output", output)]);
    }
}
