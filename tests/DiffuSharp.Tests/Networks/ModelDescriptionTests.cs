using System.Text;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Networks;

public class ModelDescriptionTests
{
    [Theory]
    [InlineData("\"network\":", "\"network\":null,\"x\":")]
    [InlineData("\"channel_mult\":[1,2,2]", "\"channel_mult\":null")]
    [InlineData("\"attn_resolutions\":[7]", "\"attn_resolutions\":null")]
    [InlineData("\"resample_filter\":[1,1]", "\"resample_filter\":[2147483647,-2147483647]")]
    [InlineData("\"sigma_data\":0.5", "\"sigma_data\":0")]
    [InlineData("\"sigma_data\":0.5", "\"sigma_data\":-1")]
    [InlineData("\"model_channels\":32", "\"model_channels\":2000000000")]
    [InlineData("\"precond\":\"edm\"", "\"precond\":\"else\"")]
    public void Damaged_descriptions_are_refused_in_one_line(string from, string to)
    {
        var json = NetworkPresets.Find("fashion-mnist").ToJson();
        json.ShouldContain(from);
        var damaged = json.Replace(from, to, StringComparison.Ordinal);
        Should.Throw<InvalidDataException>(() => ModelDescription.FromJson(damaged)).Message.ShouldNotContain("\n");
    }

    [Fact]
    public void Descriptions_survive_the_round_trip()
    {
        foreach (var name in NetworkPresets.Names)
        {
            var json = NetworkPresets.Find(name).ToJson();
            ModelDescription.FromJson(json).ToJson().ShouldBe(json);
        }
    }

    [Fact]
    public void Mutated_descriptions_are_read_or_refused_but_nothing_else()
    {
        var json = Encoding.UTF8.GetBytes((NetworkPresets.Find("cifar10-ncsnpp") with { Preconditioning = new VPPreconditioning() }).ToJson());
        var mutations = from position in Gen.Choose(0, json.Length - 1) from value in Gen.Choose(32, 126) select (position, (byte)value);
        Prop.ForAll(mutations.ToArbitrary(), mutation =>
        {
            var bytes = (byte[])json.Clone();
            bytes[mutation.position] = mutation.Item2;
            try
            {
                ModelDescription.FromJson(Encoding.UTF8.GetString(bytes));
            }
            catch (InvalidDataException)
            {
                // refused
            }
        }).QuickCheckThrowOnFailure();
    }
}
