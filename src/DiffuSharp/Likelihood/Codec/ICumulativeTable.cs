namespace DiffuSharp.Likelihood.Codec;

/// <summary>Frequencies of the symbols 0 … Count − 1, each at least 1, summed.</summary>
internal interface ICumulativeTable
{
    /// <summary>Number of symbols.</summary>
    int Count { get; }

    /// <summary>Sum of all frequencies, at most 2²².</summary>
    int Total { get; }

    /// <summary>Sum of the frequencies below a symbol; rising, from 0 for symbol 0 to Total for Count.</summary>
    int Cumulative(int symbol);
}
