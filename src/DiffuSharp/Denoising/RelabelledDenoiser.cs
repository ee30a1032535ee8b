using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A denoiser that is asked for the classes of another one, which has the same in another order.</summary>
public sealed class RelabelledDenoiser : WrappedDenoiser
{
    private readonly long[] _source;

    private RelabelledDenoiser(IDenoiser denoiser, long[] source)
        : base(denoiser) => _source = source;

    /// <summary>The denoiser with the classes of a list; itself where it has them in that order.</summary>
    /// <param name="denoiser">The denoiser; the caller keeps it.</param>
    /// <param name="own">Its classes.</param>
    /// <param name="asked">The classes that it will be asked for.</param>
    /// <exception cref="InvalidInputException">They are others; one line names one.</exception>
    public static IDenoiser Of(IDenoiser denoiser, ClassList own, ClassList asked)
    {
        if (own.Count != asked.Count || own.Count == 0)
        {
            return denoiser;
        }

        var map = ClassMap.Match(own, asked);
        return map.IsIdentity ? denoiser : new RelabelledDenoiser(denoiser, [.. Enumerable.Range(0, own.Count).Select(k => (long)map[k])]);
    }

    /// <inheritdoc/>
    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var own = condition?.Labels is { } labels
            ? condition with { Labels = labels.index_select(1, torch.tensor(_source, device: labels.device)) }
            : condition;
        return Inner.Denoise(x, sigma, own).MoveToOuterDisposeScope();
    }
}
