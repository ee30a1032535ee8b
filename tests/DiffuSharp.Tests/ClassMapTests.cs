using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests;

public sealed class ClassMapTests
{
    private static readonly string[] s_words = ["T-shirt/top", "Trouser", "Bag"];

    [Fact]
    public void Names_are_found_in_another_order_and_among_others()
    {
        var map = ClassMap.Match(List("data", "Bag", "Trouser"), List("model", s_words));

        (map[0], map[1]).ShouldBe((2, 1));
        map.IsIdentity.ShouldBeFalse();
        map.Remark.ShouldBeNull();
        map.Apply([1L, 0, 1]).ShouldBe([1L, 2, 1]);
        Should.Throw<InvalidInputException>(() => map.Apply([2L])).Message.ShouldContain("class 2, there are 2");
    }

    [Fact]
    public void A_name_that_is_not_there_is_named_in_one_line()
    {
        var message = Should.Throw<InvalidInputException>(() => ClassMap.Match(List("shoes", "Boot", "Bag"), List("the model", s_words))).Message;
        message.ShouldBe("the classes differ: 'Boot' of shoes is unknown to the model, which has 'T-shirt/top', 'Trouser', 'Bag'");
        Should.Throw<InvalidInputException>(() => ClassMap.Match(List("d", "Bag", "Bag"), List("m", s_words))).Message.ShouldContain("two classes are called 'Bag'");
    }

    [Fact]
    public void Numbers_count_where_one_side_has_no_names_and_that_is_said()
    {
        var folders = ClassMap.Match(List("folders", "1", "2"), List("model", s_words));
        (folders[0], folders[1]).ShouldBe((1, 2));
        folders.Remark.ShouldBe("folders: no names of classes, so class number k is taken for number k of model");

        ClassMap.Match(new ClassList("npz", 3, null), List("model", s_words)).Remark.ShouldNotBeNull();
        ClassMap.Match(new ClassList("npz", 3, null), new ClassList("script", 3, null)).Remark.ShouldBeNull();
        Should.Throw<InvalidInputException>(() => ClassMap.Match(new ClassList("npz", 4, null), List("model", s_words))).Message.ShouldContain("number 3 of npz");
        Should.Throw<InvalidInputException>(() => ClassMap.Match(List("folders", "1", "3"), List("model", s_words))).Message.ShouldContain("number 3 of folders");
    }

    [Fact]
    public void A_data_set_takes_the_labels_of_a_model_by_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "Bag", "Trouser" })
        {
            folder.Write($"s/{name}/a.pgm", PortableAnymap.Encode(TestImages.Random(2, 2, 1)));
        }

        using var data = RelabelledDataset.Of(ImageDataset.Open(folder["s"]), List("the model", s_words));
        (data.LabelCount, data.LabelNames).ShouldBe((3, s_words));
        TestImages.Label(data, 0).ShouldBe([0, 0, 1]);
        TestImages.Label(data, 1).ShouldBe([0, 1, 0]);
        Should.Throw<InvalidInputException>(() => RelabelledDataset.Of(ImageDataset.Open(folder["s"]), List("m", "Bag", "Coat"))).Message.ShouldContain("'Trouser'");
    }

    [Fact]
    public void A_denoiser_with_its_classes_in_another_order_is_asked_for_the_same_names()
    {
        using var scope = NewDisposeScope();
        using var model = Cli.TinyModel.Create();
        var order = new[] { "d", "a", "c", "b" };
        var denoiser = RelabelledDenoiser.Of(model.Denoiser, List("weak", "a", "b", "c", "d"), List("strong", order));
        var (x, sigma) = (randn([4, 1, 8, 8], new Generator(1)), tensor([1.0]));

        var asked = denoiser.Denoise(x, sigma, Condition.OfClasses([0, 1, 2, 3], 4));
        var expected = model.Denoiser.Denoise(x, sigma, Condition.OfClasses([3, 0, 2, 1], 4));
        (asked - expected).abs().max().ToDouble().ShouldBe(0);
        RelabelledDenoiser.Of(model.Denoiser, List("weak", order), List("strong", order)).ShouldBeSameAs(model.Denoiser);
    }

    private static ClassList List(string owner, params string[] names) => new(owner, names.Length, names);
}
