using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

public sealed class SeedMixTests
{
    // First outputs of SplitMix64 from state 0 and 1234567, as published with the algorithm.
    [Theory]
    [InlineData(0UL, 0xE220A8397B1DCDAFUL)]
    [InlineData(1234567UL, 6457827717110365317UL)]
    public void One_word_gives_the_published_output_of_SplitMix64(ulong word, ulong expected) => SplitMix64.Mix(word).ShouldBe(expected);

    [Fact]
    public void Streams_and_iterations_do_not_share_seeds()
    {
        var seeds = Enumerable.Range(0, 500).SelectMany(k => new[]
        {
            SeedMix.ForDraws(0, k), SeedMix.ForDraws(1, k), SeedMix.ForDropout(0, k), SeedMix.ForOrder(0, k),
        }).ToList();
        seeds.Distinct().Count().ShouldBe(seeds.Count);
    }
}
