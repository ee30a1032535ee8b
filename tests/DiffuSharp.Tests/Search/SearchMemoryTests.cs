using DiffuSharp.Search;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

[Collection(TrainingCollection.Name)]  // live tensors are counted for the whole process
public class SearchMemoryTests
{
    public static TheoryData<AlgorithmCase> Cases => [.. AlgorithmCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_search_frees_all_it_made(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var before = LiveTensors.CountWithoutGarbage();
        new Searcher(Toy.Problem(denoiser, c.Sampler, c.Budget), c.Algorithm).Run();

        Tensor.LiveCount.ShouldBe(before);
    }
}
