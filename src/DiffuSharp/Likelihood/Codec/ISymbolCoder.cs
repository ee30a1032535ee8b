namespace DiffuSharp.Likelihood.Codec;

/// <summary>Either end of an arithmetic code, so that both run the same program.</summary>
internal interface ISymbolCoder
{
    /// <summary>Encoder: writes the symbol and returns it. Decoder: ignores the argument and returns the symbol read.</summary>
    int Code(int symbol, ICumulativeTable table);
}
