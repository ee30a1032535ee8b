using DiffuSharp.Likelihood.Codec;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Likelihood.Codec;

public class RangeCoderTests
{
    [Fact]
    public void Symbols_of_any_tables_come_back() => Prop.ForAll(Messages(), message =>
    {
        var coder = new RangeEncoder();
        foreach (var (symbol, table) in message)
        {
            coder.Code(symbol, table);
        }

        var decoder = new RangeDecoder(coder.Finish());
        return message.All(m => decoder.Code(0, m.Table) == m.Symbol);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_code_is_as_long_as_the_information() => Prop.ForAll(Messages(), message =>
    {
        var coder = new RangeEncoder();
        double bits = 0;
        foreach (var (symbol, table) in message)
        {
            coder.Code(symbol, table);
            bits -= Math.Log2((table.Cumulative(symbol + 1) - table.Cumulative(symbol)) / (double)table.Total);
        }

        return 8 * coder.Finish().Length <= (1.01 * bits) + 16;
    }).QuickCheckThrowOnFailure();

    // Symbols at the very top of the range make long runs of 255 and then carries.
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void Carries_run_through(int rest)
    {
        var table = new UniformTable(256);
        int[] symbols = [127, .. Enumerable.Repeat(255, 300), rest, 1, 128, .. Enumerable.Repeat(255, 50), 254, 255];
        var coder = new RangeEncoder();
        foreach (var symbol in symbols)
        {
            coder.Code(symbol, new UniformTable(255 + 1));
        }

        var decoder = new RangeDecoder(coder.Finish());
        symbols.Select(_ => decoder.Code(0, table)).ShouldBe(symbols);
    }

    [Fact]
    public void Adaptive_tables_learn_the_same_at_both_ends_and_shorten_the_code()
    {
        var random = new Random(4);
        int[] symbols = [.. Enumerable.Range(0, 5000).Select(_ => random.NextDouble() < 0.9 ? 3 : random.Next(8))];
        var (table, coder) = (Table(), new RangeEncoder());
        foreach (var symbol in symbols)
        {
            coder.Code(symbol, table);
            table.Learn(symbol);
        }

        var code = coder.Finish();
        var (other, decoder) = (Table(), new RangeDecoder(code));
        foreach (var symbol in symbols)
        {
            var read = decoder.Code(0, other);
            read.ShouldBe(symbol);
            other.Learn(read);
        }

        (code.Length * 8.0 / symbols.Length).ShouldBeLessThan(0.85); // entropy 0.73 bits, uniform 3

        static AdaptiveTable Table() => new(Enumerable.Repeat(1, 8));
    }

    private static Arbitrary<(int Symbol, ICumulativeTable Table)[]> Messages()
    {
        var one =
            from count in Gen.Choose(1, 12)
            from frequencies in Gen.ArrayOf(Gen.Frequency((3, Gen.Choose(1, 5)), (1, Gen.Choose(1, 90_000))), count)
            from symbol in Gen.Choose(0, count - 1)
            select (symbol, (ICumulativeTable)new AdaptiveTable(frequencies));
        return Gen.ArrayOf(one).ToArbitrary();
    }
}
