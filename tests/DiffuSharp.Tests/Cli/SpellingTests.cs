using System.CommandLine;
using DiffuSharp.Cli;
using DiffuSharp.Cli.Parsing;

namespace DiffuSharp.Tests.Cli;

/// <summary>Underscores and hyphens are the same to every verb.</summary>
public sealed class SpellingTests
{
    private static readonly char[] s_marks = ['-', '_'];

    public static TheoryData<string> Verbs => [.. Paths(Root.Create(), []).Select(path => string.Join(' ', path))];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_option_of_a_verb_accepts_both_spellings(string verb)
    {
        var root = Root.Create();
        foreach (var option in Find(root, verb).Options)
        {
            foreach (var name in option.Aliases.Append(option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)))
            {
                foreach (var spelling in Spellings(name[2..]))
                {
                    var parse = Parse(root, verb, $"--{spelling}");
                    parse.UnmatchedTokens.ShouldBeEmpty($"{verb} --{spelling}");
                    parse.GetResult(option).ShouldNotBeNull($"{verb} --{spelling}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_word_of_a_choice_accepts_both_spellings(string verb)
    {
        var root = Root.Create();
        foreach (var option in Find(root, verb).Options.Where(option => option.ValueType == typeof(string) && option.HelpName?.Contains('|') == true))
        {
            foreach (var word in option.HelpName!.Split('|'))
            {
                foreach (var spelling in Spellings(word))
                {
                    Parse(root, verb, option.Name, spelling).GetValue<string>(option.Name).ShouldBe(word, $"{verb} {option.Name} {spelling}");
                }
            }
        }
    }

    [Fact]
    public void All_verbs_declare_an_option_in_the_same_spelling()
    {
        var root = Root.Create();
        Paths(root, []).SelectMany(path => Find(root, string.Join(' ', path)).Options).SelectMany(option => option.Aliases.Append(option.Name)).Distinct(StringComparer.Ordinal)
            .GroupBy(name => name.Replace('_', '-'), StringComparer.Ordinal).Where(names => names.Count() > 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sampler show --solver ddpm --disc discrete --steps 4", "--beta-schedule", "scaled-linear")]
    [InlineData("sampler show --solver ddpm --disc discrete --steps 4", "--beta_schedule", "scaled_linear")]
    [InlineData("sampler show --solver deis-2 --steps 4", "--polynomial", "log-sigma")]
    public void Verbs_run_with_either_spelling(string verb, string option, string word) =>
        CommandLine.Run([.. verb.Split(' '), option, word]).Error.ShouldBe("");

    private static IEnumerable<IReadOnlyList<string>> Paths(Command command, IReadOnlyList<string> path) =>
        [path, .. command.Subcommands.SelectMany(child => Paths(child, [.. path, child.Name]))];

    private static Command Find(Command root, string verb) =>
        verb.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (command, name) => command.Subcommands.Single(child => child.Name == name));

    private static ParseResult Parse(RootCommand root, string verb, params string[] arguments) =>
        root.Parse(OptionSpelling.Canonical(root, [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. arguments]));

    private static IEnumerable<string> Spellings(string text) => s_marks.Select(mark => text.Replace('-', mark).Replace('_', mark)).Append(text).Distinct(StringComparer.Ordinal);
}
