using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

/// <summary>Valid tableaus with coefficients anywhere.</summary>
internal static class RandomTableau
{
    /// <summary>A tableau of so many rows; "small" means coefficients in [−1, 1] instead of any finite bit pattern; "chosen", that the network
    /// chooses some of the noise.</summary>
    public static SamplerTableau Create(Random random, int rows, bool small, bool chosen = false)
    {
        return new SamplerTableau(Enumerable.Range(0, rows).Select(Row));

        SamplerRow Row(int i)
        {
            var noise = Sometimes();
            return new SamplerRow(Math.Abs(Number()) + double.Epsilon, Sometimes(), Terms(i), Terms(i), noise, chosen && i > 0 && noise > 0 ? noise / 2 : null);
        }

        IEnumerable<Term> Terms(int i) =>
            Enumerable.Range(0, i).Where(_ => random.Next(2) == 0).Select(j => new Term(j, Number()));

        double Sometimes() => random.Next(2) == 0 ? 0 : Number();

        double Number()
        {
            if (small)
            {
                return 2 * random.NextDouble() - 1;
            }

            double number;
            do
            {
                number = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            }
            while (!double.IsFinite(number));
            return number;
        }
    }
}
