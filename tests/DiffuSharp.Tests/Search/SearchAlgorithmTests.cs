using DiffuSharp.Recipes;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

/// <summary>Search algorithms as recipes.</summary>
public class SearchAlgorithmTests
{
    [Theory]
    [InlineData("random")]
    [InlineData("zero-order:candidates=2,lambda=0.5,prior-only=true")]
    [InlineData("paths:survivors=3,children=4,path-start=0.2,path-forward=0.3,path-backward=0.4,path-coordinate=sigma")]
    [InlineData("fk:particles=3,lambda=-1,potential=max,every=2,ess=1,weighted=true")]
    [InlineData("svdd:children=3,temperature=0.5")]
    [InlineData("eps-greedy:candidates=2,iterations=3,radius=0.2,epsilon=0")]
    [InlineData("evolutionary:population=4,tournament=2,mutation=1")]
    [InlineData("first-order:iterations=3,lr=1,momentum=0,clip=1,norm-weight=0")]
    [InlineData("adaptive:preview-nfe=3,preview-sampler=s.json,previews=2")]
    public void Every_algorithm_is_written_with_all_its_options_as_it_was_read(string text)
    {
        var algorithm = RecipeText.Parse<SearchAlgorithm>(text);
        algorithm.ToString().ShouldBe(text);
        RecipeText.Parse<SearchAlgorithm>(algorithm.Name).ToString().ShouldBe(algorithm.Name);
    }

    [Theory]
    [InlineData("paths:path-forward=0.9", "backward must be the larger")]
    [InlineData("zero-order:candidate=2", "did you mean 'candidates'?")]
    [InlineData("eps-greedy:epsilon=2", "epsilon is 2; it must lie in [0, 1]")]
    public void What_is_wrong_is_refused_before_there_is_a_problem(string text, string because) =>
        Should.Throw<InvalidInputException>(() => RecipeText.Parse<SearchAlgorithm>(text)).Message.ShouldContain(because);

    [Fact]
    public void First_order_says_that_the_budget_decides_its_iterations() =>
        new FirstOrderSearch().Options.ShouldContain(KeyValuePair.Create("iterations", "budget"));
}
