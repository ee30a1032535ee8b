using System.Text;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Sampling;

public sealed class SamplerFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampler-file").FullName;

    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue).ToArbitrary();

    private string FilePath => Path.Combine(_folder, "test.sampler.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_tableau_reads_back_exactly() =>
        Prop.ForAll(Seeds, ArbMap.Default.ArbFor<NonNull<string>>(), (seed, text) =>
        {
            var random = new Random(seed);
            var tableau = RandomTableau.Create(random, random.Next(2, 12), small: false, chosen: random.Next(2) == 0);
            string valid = new([.. text.Get.Where(c => !char.IsSurrogate(c))]);
            var file = new SamplerFile(tableau, new SamplerMetadata(valid, [new("S_churn", valid), new("α", "\"\n\\")], valid));
            file.Save(FilePath);
            var read = SamplerFile.Load(FilePath);
            return read.Tableau.Equals(tableau)
                && read.Metadata.Solver == valid && read.Metadata.Source == valid
                && read.Metadata.Options.SequenceEqual(file.Metadata.Options);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Solver_files_keep_every_bit_and_show_their_options()
    {
        var file = new Sampler(new Heun { S_churn = 1, S_noise = 1.003 }, 3).Build();
        file.Save(FilePath);
        SamplerFile.Load(FilePath).Tableau.ShouldBe(file.Tableau);
        var text = File.ReadAllText(FilePath);
        text.ShouldContain("\"S_noise\": \"1.003\"");
        text.ShouldContain("\"S_max\": \"inf\"");
        text.Split('\n').Count(line => line.Contains("\"sigma\":", StringComparison.Ordinal)).ShouldBe(file.Tableau.Rows.Count);
    }

    [Fact]
    public void General_options_are_named_as_on_the_command_line()
    {
        var metadata = new Sampler(new Heun { Scaling = ScalingKind.VP }, 18, new IddpmSteps()).Build().Metadata;
        metadata.Options.ShouldContain(new KeyValuePair<string, string>("disc", "iddpm"));
        metadata.Options.ShouldContain(new KeyValuePair<string, string>("scaling", "vp"));
        metadata.Options.ShouldContain(new KeyValuePair<string, string>("sigma_max", "81"));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version 2")]
    [InlineData("diffusharp-sampler", "other", "not 'diffusharp-sampler'")]
    [InlineData("\"nfe\": 3", "\"nfe\": 4", "'nfe' says 4")]
    [InlineData("\"prior\"", "\"priro\"", "'priro' is not known")]
    [InlineData("\"sigma\":80", "\"sigma\":-80", "sigma is -80")]
    [InlineData("\"sigma\":80", "\"sigma\":\"80\"", "'sigma' is missing or no Number")]
    [InlineData("\"sigma\":80", "\"sigma\":8e999", "row 0")]
    [InlineData("\"D\":{\"0\":", "\"D\":{\"9\":", "D_9")]
    [InlineData("\"D\":{\"0\":", "\"D\":{\"first\":", "'first'")]
    [InlineData("\"D\":{\"0\":", "\"D\":{\"0\":1,\"0\":", "0")]
    [InlineData("\"rows\": [", "\"rows\": [[],", "row 0")]
    [InlineData("\"solver\": \"heun\"", "\"solver\": \"\\ud800\"", "")]
    public void Each_defect_is_named_with_the_file(string good, string bad, string problem)
    {
        var text = ValidText();
        text.ShouldContain(good);
        var at = text.IndexOf(good, StringComparison.Ordinal);
        File.WriteAllText(FilePath, text[..at] + bad + text[(at + good.Length)..]);
        var message = Should.Throw<InvalidDataException>(() => SamplerFile.Load(FilePath)).Message;
        message.ShouldStartWith(FilePath);
        message.ShouldContain(problem);
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void A_mutated_file_is_refused_in_one_line_or_is_a_valid_sampler()
    {
        var valid = Encoding.UTF8.GetBytes(ValidText());
        var refused = 0;
        Prop.ForAll(Seeds, seed =>
        {
            File.WriteAllBytes(FilePath, Mutated(valid, new Random(seed)));
            try
            {
                return SamplerFile.Load(FilePath).Tableau.Nfe > 0;
            }
            catch (InvalidDataException error)
            {
                refused++;
                return error.Message.StartsWith(FilePath, StringComparison.Ordinal)
                    && !error.Message.Contains('\n', StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(FilePath, ValidText());
        var before = File.ReadAllText(FilePath);
        var file = new SamplerFile(new Sampler(new Heun(), 18).Build().Tableau, new SamplerMetadata(null!, null!, ""));
        Should.Throw<Exception>(() => file.Save(FilePath));
        File.ReadAllText(FilePath).ShouldBe(before);
        Directory.GetFiles(_folder).ShouldBe([FilePath]);
    }

    private static byte[] Mutated(byte[] valid, Random random)
    {
        var bytes = new List<byte>(valid);
        var at = random.Next(bytes.Count);
        var count = Math.Min(random.Next(1, 9), bytes.Count - at);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, count);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }

        return [.. bytes];
    }

    private string ValidText()
    {
        var path = Path.Combine(_folder, "valid.sampler.json");
        new Sampler(new Heun(), 2).Build().Save(path);
        var text = File.ReadAllText(path);
        File.Delete(path);
        return text;
    }
}
