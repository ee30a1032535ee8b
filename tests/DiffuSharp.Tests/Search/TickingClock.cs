namespace DiffuSharp.Tests.Search;

/// <summary>A clock on which a second passes between two looks.</summary>
internal sealed class TickingClock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => _now++;
}
