using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Cli;

/// <summary>A small network with random weights in all layers (fresh ones end in a zero layer, which hides the class).</summary>
internal static class TinyModel
{
    public const int Classes = 4;

    public static DiffusionModel Create(
        int labelDim = Classes, int size = 8, double labelDropout = 0.1, Preconditioning? preconditioning = null)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        using var generator = new Generator(7);
        var model = new DiffusionModel(new ModelDescription
        {
            Network = new SongUNetOptions
            {
                ImgChannels = 1, ImgHeight = size, ImgWidth = size, LabelDim = labelDim, LabelDropout = labelDropout, ModelChannels = 16, ChannelMult = [1, 2], NumBlocks = 1,
                AttnResolutions = [4],
            },
            Preconditioning = preconditioning ?? new EdmPreconditioning(),
        });
        foreach (var parameter in model.Network.parameters())
        {
            parameter.copy_(torch.randn(parameter.shape, generator) * 0.1);
        }

        model.Network.requires_grad_(false);
        model.Network.eval();
        return model;
    }

    public static string Save(
        string path, int labelDim = Classes, int size = 8, double labelDropout = 0.1, Preconditioning? preconditioning = null)
    {
        using var model = Create(labelDim, size, labelDropout, preconditioning);
        ModelFile.Save(path, model.Description, model.Network.state_dict());
        return path;
    }
}
