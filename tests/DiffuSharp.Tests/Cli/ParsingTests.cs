using DiffuSharp.Cli;
using DiffuSharp.Cli.Parsing;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Cli;

public class ParsingTests
{
    [Fact]
    public void Seeds_are_numbers_and_ranges_in_the_order_written() =>
        SeedList.Parse("7,0-2,4294967295,1").ShouldBe([7, 0, 1, 2, 4294967295, 1]);

    [Theory]
    [InlineData("")]
    [InlineData("1,")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("4294967296")]
    [InlineData("1e3")]
    [InlineData("3-1")]
    public void Anything_else_is_no_list_of_seeds(string text) => Should.Throw<InvalidInputException>(() => SeedList.Parse(text));

    [Fact]
    public void Any_text_is_a_list_of_seeds_or_bad_input() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text =>
        {
            try
            {
                return SeedList.Parse(text ?? "").Count > 0;
            }
            catch (InvalidInputException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Options_are_respelled_and_values_are_not()
    {
        var root = Root.Create();

        OptionSpelling.Canonical(root, ["sample", "--sigma-min", "a-b_c", "--S-max=a_b", "--max_images", "--none-such", "x_y", "--", "--sigma-min"])
            .ShouldBe(["sample", "--sigma_min", "a-b_c", "--S_max=a_b", "--max-images", "--none-such", "x_y", "--", "--sigma-min"]);
    }

    [Fact]
    public void Threads_are_at_most_the_processors() => PhysicalCores.Count.ShouldBeInRange(1, Environment.ProcessorCount);

    [Fact]
    public void The_shipped_model_is_found_upwards_and_its_absence_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(ShippedModel.Name, [1]);
        Directory.CreateDirectory(folder["bin/Release"]);

        ShippedModel.Find(folder["bin/Release"]).ShouldBe(path);
        File.Delete(path);
        ShippedModel.Find(folder["bin/Release"]).ShouldBeNull();
    }
}
