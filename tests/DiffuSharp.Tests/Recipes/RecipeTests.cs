using System.Text.Json;
using DiffuSharp.Recipes;

namespace DiffuSharp.Tests.Recipes;

/// <summary>Recipes: text, JSON, identity and rules follow from the record alone.</summary>
public sealed class RecipeTests : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new() { Converters = { new RecipeJsonConverter() } };

    private readonly TemporaryFolder _folder = new();

    public RecipeTests() => RecipeCatalog.Add(typeof(Saw).Assembly);

    public static TheoryData<string> Texts =>
    [
        "saw",
        "hammer",
        "saw:teeth=3",
        "saw:S_stroke=inf,lambda=0.25,cut=cross_cut,is_sharp=false",
        "saw:plan=(a,b+c.pt)",
        "saw:spare=(saw:teeth=7,lambda=0.5)",
        "saw:lengths=0.1/1E-05/3",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_recipe_is_written_as_it_was_read(string text) => RecipeText.Parse<TestTool>(text).ToString().ShouldBe(text);

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_recipe_comes_back_from_JSON(string text)
    {
        var recipe = RecipeText.Parse<TestTool>(text);
        JsonSerializer.Deserialize<TestTool>(JsonSerializer.Serialize(recipe, s_json), s_json)!.ToString().ShouldBe(text);
    }

    [Fact]
    public void Hyphens_case_and_order_do_not_count_and_a_file_may_stand_without_its_name()
    {
        var saw = (Saw)RecipeText.Parse<TestTool>("SAW:plans/a=b.pt,Is-Sharp=false,s-stroke=2,cut=Cross-Cut");
        saw.Plan.ShouldBe("plans/a=b.pt");
        (saw.IsSharp, saw.S_stroke, saw.Cut).ShouldBe((false, 2.0, Cut.CrossCut));
    }

    [Theory]
    [InlineData("a,b.pt")]
    [InlineData("teeth=b.pt")]
    [InlineData("a=b,c.pt")]
    public void A_file_that_is_there_may_have_a_comma_or_an_equals_sign_in_its_name(string name)
    {
        var path = _folder.Write(name, [1]);
        var saw = (Saw)RecipeText.Parse<TestTool>($"saw:{path},teeth=3");
        (saw.Plan, saw.Teeth).ShouldBe((path, 3));
    }

    [Fact]
    public void Several_recipes_are_joined_by_a_plus() => RecipeText.ParseAll<TestTool>("saw:S_stroke=1e+3,plan=x.pt+hammer+saw:plan=(a+b)")
        .Select(tool => tool.ToString()).ShouldBe(["saw:S_stroke=1000,plan=x.pt", "hammer", "saw:plan=(a+b)"]);

    [Theory]
    [InlineData("swa", "there is no test-tool 'swa' (did you mean 'saw'?)")]
    [InlineData("saw:tooth=3", "saw has no option 'tooth' (did you mean 'teeth'?)")]
    [InlineData("saw:teeth=0", "saw: teeth is 0; it must lie in [1, 100]")]
    [InlineData("saw:teeth=many", "saw: teeth many: must be a whole number")]
    [InlineData("saw:lambda=1", "saw: lambda is 1; it must lie in [0, 1)")]
    [InlineData("saw:lengths=1/x", "must be a number")]
    [InlineData("saw:cut=ripcat", "did you mean 'rip_cut'?")]
    [InlineData("saw:teeth=3,teeth=4", "teeth is given twice")]
    [InlineData("saw:teeth=60,is_sharp=false", "only sharp saws")]
    [InlineData("saw:spare=(saw:teeth=0)", "teeth is 0")]
    [InlineData("hammer:weight=3", "hammer has no options, so no 'weight'")]
    [InlineData("saw:a.pt,b.pt", "'b.pt' is no option")]
    public void What_is_wrong_is_said_in_one_line_that_names_recipe_and_option(string text, string expected)
    {
        var message = Should.Throw<InvalidInputException>(() => RecipeText.Parse<TestTool>(text)).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void Identity_has_every_option_and_the_content_of_files()
    {
        var (one, other, same) = (_folder.Write("one", [1]), _folder.Write("other", [2]), _folder.Write("same", [1]));
        Identity(one).ShouldBe(Identity(same));
        Identity(one).ShouldNotBe(Identity(other));
        Identity(one).ShouldContain("teeth=20");

        static string Identity(string plan) => RecipeText.Identity(new Saw { Plan = plan });
    }

    [Fact]
    public void The_catalogue_tells_everything_that_the_record_says()
    {
        var saw = RecipeCatalog.Find(RecipeCatalog.Kind("test-tool"), "saw");
        saw.Summary.ShouldBe("A tool with one option of every type.");
        saw.Source.ShouldBe("Smith 2020, eq. 1");
        saw.Options.Select(o => (o.Name, o.ValueName, o.DefaultText, o.Range)).ShouldBe(
        [
            ("teeth", "INT", "20", "[1, 100]"),
            ("S_stroke", "FLOAT", "0.5", "[0, inf]"),
            ("lambda", "FLOAT", "0", "[0, 1)"),
            ("cut", "WORD", "rip_cut", "rip_cut|cross_cut"),
            ("is_sharp", "BOOL", "true", ""),
            ("plan", "FILE", "", ""),
            ("spare", "RECIPE", "", ""),
            ("lengths", "LIST", "1/2", ""),
        ]);
        saw.Option("teeth").Summary.ShouldBe("Number of teeth.");
        CatalogText.Write([saw]).ShouldContain("- `teeth` INT in [1, 100], default 20: Number of teeth.");
    }

    [Fact]
    public void The_page_of_the_catalogue_is_what_the_library_has()
    {
        var path = RepositoryFolder.File("docs", "catalog.md");
        var text = "# Recipes\n\nWhat the flags take, with options, defaults and ranges; `diffusharp catalog` prints the same. A recipe is written `name:option=value,option=value`;\n"
            + "every option is a flag of its own too (`--order 3`). Written by a test (`DIFFUSHARP_WRITE_DOCS=1 make test`).\n\n"
            + CatalogText.Write(RecipeCatalog.All.Where(recipe => recipe.ClrType.Assembly == typeof(Recipe).Assembly)).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        File.ReadAllText(path).ShouldBe(text);
    }

    [Theory]
    [InlineData("smaple", "did you mean 'sample'?", "smaple")]
    [InlineData("--sede", "did you mean '--seeds'?", "sample", "--sede")]
    public void The_command_line_suggests_verbs_and_options(string word, string expected, params string[] arguments)
    {
        var (code, error) = (0, new StringWriter());
        code = DiffuSharp.Cli.Entry.Run(arguments, TextWriter.Null, error);
        code.ShouldBe(2);
        error.ToString().ShouldContain(word);
        error.ToString().ShouldContain(expected);
    }
}
