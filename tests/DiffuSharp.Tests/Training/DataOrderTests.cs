using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

public sealed class DataOrderTests
{
    [Fact]
    public void Every_epoch_has_every_image_once_in_another_order()
    {
        var order = new DataOrder(50, seed: 3);
        var epochs = Enumerable.Range(0, 3).Select(e => order.Indices(e * 50L, 50)).ToList();
        foreach (var epoch in epochs)
        {
            epoch.Order().ShouldBe(Enumerable.Range(0, 50).Select(i => (long)i));
        }

        epochs[0].ShouldNotBe(epochs[1]);
        epochs[1].ShouldNotBe(epochs[2]);
    }

    [Fact]
    public void Any_position_is_found_without_what_came_before()
    {
        var whole = new DataOrder(50, seed: 3).Indices(0, 300);
        new DataOrder(50, seed: 3).Indices(133, 120).ShouldBe(whole[133..253]);
    }

    [Fact]
    public void A_batch_may_be_larger_than_the_data() => new DataOrder(3, seed: 0).Indices(1, 10).Length.ShouldBe(10);
}
