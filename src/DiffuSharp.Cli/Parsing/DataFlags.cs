using System.CommandLine;
using System.Globalization;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Which images a model is measured on: <c>--data</c>, <c>--num</c> and <c>--seed</c>.</summary>
/// <param name="num">Number of images where the user names none; null for all.</param>
internal sealed class DataFlags(int? num = null)
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "Images: zip, folder, idx file or a name such as fashion-mnist:test.", HelpName = "DATA",
        DefaultValueFactory = _ => "fashion-mnist:test",
    };

    private readonly Option<int?> _num = Flag.OptionalInteger(
        "--num", $"Use a random subset of this many images [{num?.ToString(CultureInfo.InvariantCulture) ?? "all"}].", 1, int.MaxValue);

    public Option<int> Seed { get; } = Flag.Integer("--seed", "Seed of the subset and of all draws.", 0, 0, int.MaxValue);

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_num);
        command.Add(Seed);
    }

    /// <summary>The images with labels in the order of a model's classes, or without for a model without.</summary>
    /// <exception cref="InvalidInputException">There are too few, or they have other classes.</exception>
    public IImageDataset Open(Invocation run, DenoiserFile model) => Open(run, model.Denoiser, model.ClassNames);

    /// <summary>The same for a model that is no file.</summary>
    public IImageDataset Open(Invocation run, IDenoiser model, IReadOnlyList<string>? names)
    {
        var images = Open(run, labels: model.LabelDim > 0);
        try
        {
            return RelabelledDataset.Of(images, new ClassList("the model", model.LabelDim, names), run.Remarks);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>The images.</summary>
    /// <exception cref="InvalidInputException">There are too few, or they have no labels.</exception>
    public IImageDataset Open(Invocation run, bool labels)
    {
        var images = ImageDataset.Open(run.Get(_data)!, new ImageDatasetOptions
        {
            MaxSize = run.Get(_num) ?? num, Seed = run.Get(Seed), Labels = labels ? LabelUse.Required : LabelUse.Ignored,
        });
        if (run.Get(_num) is { } wanted && wanted > images.Count)
        {
            var count = images.Count;
            images.Dispose();
            throw new InvalidInputException($"--num {wanted}: {run.Get(_data)} holds only {count} images");
        }

        return images;
    }
}
