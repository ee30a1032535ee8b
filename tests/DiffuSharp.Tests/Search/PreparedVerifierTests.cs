using DiffuSharp.Metrics;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>Searches with verifiers that judge relative to plain samples.</summary>
public sealed class PreparedVerifierTests : IDisposable
{
    private const int Images = 12;

    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_ensemble_searches_and_its_plain_images_have_the_mean_rank_of_a_half()
    {
        var result = Search(() => new EnsembleVerifier([new LinearVerifier(1, 0, 0, 0), new LinearVerifier(0, 1, 1, 0)]));

        result.Images.Average(image => image.Plain.Score).ShouldBe(0.5, 0.1);
        result.Images.ShouldAllBe(image => image.Final.Score > image.Plain.Score - 0.02); // plain images are judged by their 8-bit pixels
        result.Images.Average(image => image.Final.Score).ShouldBeGreaterThan(0.7);
    }

    [Fact]
    public void The_Frechet_oracle_searches_towards_its_reference()
    {
        var result = Search(Oracle);

        Distance(image => image.Final.Image.Pixels).ShouldBeLessThan(Distance(image => image.Plain.Image.Pixels));

        double Distance(Func<SearchedImage, byte[]> of)
        {
            var values = result.Images.SelectMany(image => of(image).Select(pixel => (pixel / 127.5) - 1)).ToArray();
            return FrechetDistance.Compute(FeatureStatistics.Of(PixelFeatures.Of(torch.tensor(values, [Images, 1, 2, 2]))), Reference()).Value;
        }
    }

    [Fact]
    public void A_search_that_was_killed_anywhere_goes_on_to_the_same_images()
    {
        var whole = Search(Oracle);
        for (var units = 1; units < 8; units++)
        {
            Should.Throw<OperationCanceledException>(() => Search(Oracle, new KilledJournal(new SearchCheckpoint(_folder["units"], "x"), units)));
        }

        var resumed = Search(Oracle, new SearchCheckpoint(_folder["units"], "x"));
        resumed.Images.Zip(whole.Images).ShouldAllBe(pair => pair.First.Final.Image.Pixels.SequenceEqual(pair.Second.Final.Image.Pixels));
        resumed.Images.Select(image => image.Plain.Score).ShouldBe(whole.Images.Select(image => image.Plain.Score));
        (resumed.Ledger.Plain.Nfe, resumed.Ledger.Plain.VerifierCalls).ShouldBe((Images * Toy.Heun().Nfe, Images));
    }

    private static FeatureStatistics Reference()
    {
        using var generator = new Generator(8);
        return FeatureStatistics.Of(PixelFeatures.Of((torch.randn([500, 1, 2, 2], generator, ScalarType.Float64) * 0.2) + 0.1));
    }

    private static FrechetOracle Oracle() => new(new PixelFeatures(), Reference());

    private static SearchResult Search(Func<IVerifier> create, ISearchJournal? journal = null)
    {
        using var denoiser = Toy.Mixture();
        var sampler = Toy.Heun();
        var verifier = create();
        using var owned = verifier as IDisposable;
        var problem = Toy.Problem(denoiser, sampler, 5 * sampler.Nfe, Images) with { Verifier = verifier };
        return new Searcher(problem, new RandomSearch(), journal).Run();
    }
}
