namespace DiffuSharp.Networks;

/// <summary>Options of the ADM network (Dhariwal and Nichol 2021).</summary>
public sealed record DhariwalUNetOptions : EdmNetworkOptions
{
    /// <summary>Channels of an attention head.</summary>
    public const int HeadWidth = 64;

    /// <inheritdoc/>
    public override int ModelChannels { get; init; } = 192;

    /// <inheritdoc/>
    public override IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 3, 4];

    /// <inheritdoc/>
    public override int NumBlocks { get; init; } = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<int> AttnResolutions { get; init; } = [32, 16, 8];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        for (var level = 0; level < ChannelMult.Count; level++)
        {
            var channels = ModelChannels * ChannelMult[level];
            var attends = Attends(level) || level == ChannelMult.Count - 1;
            Require(!attends || channels % HeadWidth == 0, $"{channels} channels with attention must be a multiple of {HeadWidth}");
        }
    }
}
