using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Search;

[Collection(TrainingCollection.Name)]  // live tensors are counted for the whole process
public sealed class VerifierRecipeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("classifier")]
    [InlineData("self")]
    [InlineData("is")]
    public void A_file_that_is_not_named_is_part_of_the_identity(string kind)
    {
        var shipped = RepositoryFolder.File("models", "fashion-mnist-classifier.safetensors");
        Identity(kind, "none").ShouldBe(Identity($"{kind}:{shipped}", "none"));
        Identity(kind, "none").ShouldBe($"{kind} {FileHash.Sha256(shipped)}");
        Identity($"fid:{shipped}+{kind}", "none").ShouldBe($"fid {FileHash.Sha256(shipped)} {FileHash.Sha256(shipped)} + {kind} {FileHash.Sha256(shipped)}");
        Identity("likelihood", shipped).ShouldBe($"likelihood {FileHash.Sha256(shipped)}");
    }

    [Fact]
    public void A_TorchScript_module_is_what_its_description_says_too()
    {
        var path = _folder["net.pt"];
        NpzFile.Write(path, [("weights", NpyArray.Create<double>([1], 1))]); // a zip file, as modules are
        var alone = Identity($"self:{path}", "none");
        File.WriteAllText(path + ".json", "{}");
        var described = Identity($"self:{path}", "none");
        File.WriteAllText(path + ".json", "{ }");

        new[] { alone, described, Identity($"self:{path}", "none") }.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void What_was_opened_is_freed_where_the_whole_is_refused()
    {
        using (torch.NewDisposeScope())
        {
            using var generator = new Generator(1);
            using var reference = new ReferenceStatistics { Statistics = FeatureStatistics.Of(torch.randn([10, 3], generator, ScalarType.Float64)) };
            ReferenceFile.Write(_folder["small.npz"], reference);
        }

        Refused<InvalidInputException>("classifier+magic"); // for what is made once
        var before = LiveTensors.CountWithoutGarbage();
        Refused<InvalidInputException>("classifier+magic");
        Refused<InvalidInputException>("classifier+self");
        Refused<InvalidInputException>($"fid:{_folder["small.npz"]}");
        (Open("likelihood", TinyModel.Save(_folder["model.safetensors"]), Device.CPU) as IDisposable).ShouldNotBeNull().Dispose();
        Tensor.LiveCount.ShouldBe(before);

        static void Refused<T>(string text)
            where T : Exception => Should.Throw<T>(() => Open(text, "none", Device.CPU));
    }

    private static VerifierContext Context(string network) =>
        new(network, Device.CPU, RepositoryFolder.File("models", "fashion-mnist-classifier.safetensors"));

    private static string Identity(string text, string network) => VerifierRecipe.IdentityOfAll(RecipeText.ParseAll<VerifierRecipe>(text), Context(network));

    private static IVerifier Open(string text, string network, Device device) =>
        VerifierRecipe.OpenAll(RecipeText.ParseAll<VerifierRecipe>(text), Context(network) with { Device = device });
}
