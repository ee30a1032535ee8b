using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class NumPyShuffleTests
{
    /// <summary>numpy.random.RandomState(0).permutation(10) and RandomState(42).permutation(10), widely published values.</summary>
    [Fact]
    public void PermutationsAreNumPys()
    {
        NumPyShuffle.Permutation(10, 0).ShouldBe([2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
        NumPyShuffle.Permutation(10, 42).ShouldBe([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
        NumPyShuffle.Subset(10, 3, 0).ShouldBe([2, 4, 8]);
    }
}
