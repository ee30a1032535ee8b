using System.Text.Json;
using DiffuSharp.Torch;
using DiffuSharp.Training.Losses;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training.Losses;

/// <summary>Every case of losses_edm.json.</summary>
[Trait("Category", "Reference")]
public class LossReferenceTests
{
    private static readonly Lazy<JsonElement> s_reference = new(() =>
        JsonDocument.Parse(File.ReadAllText(ReferenceFolder.File("losses_edm.json"))).RootElement);

    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        var index = 0;
        foreach (var item in s_reference.Value.GetProperty("losses").EnumerateArray())
        {
            cases.Add(index++, item.GetProperty("loss").GetString()!);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_agree(int index, string name)
    {
        using var scope = NewDisposeScope();
        var item = s_reference.Value.GetProperty("losses")[index];
        (var loss, var unit) = name switch
        {
            "vp" => ((TrainingLoss)new VPLoss(), "uniform"),
            "ve" => (new VELoss(), "uniform"),
            "edm" => (new EdmLoss(), "normal"),
            _ => throw new InvalidDataException($"losses_edm.json: the loss {name} is not known"),
        };
        var images = MixtureReference.Images(s_reference.Value.GetProperty("images"));
        using var denoiser = MixtureReference.Mixture(s_reference.Value.GetProperty("mixture"), images.shape);
        var draws = new LossDraws(tensor(item.GetProperty(unit).Deserialize<double[]>()!), MixtureReference.Images(item.GetProperty("noise")));
        var values = loss.Compute(denoiser, images, null, draws).PerPixel;

        var expected = MixtureReference.Images(item.GetProperty("value"));
        values.shape.ShouldBe(expected.shape);
        values.dtype.ShouldBe(ScalarType.Float64);
        foreach (var (actual, reference) in values.ToArray<double>().Zip(expected.ToArray<double>()))
        {
            actual.ShouldBe(reference, 1e-9 * Math.Max(1, Math.Abs(reference)));
        }
    }
}
