using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Self-attention over all pixels.</summary>
internal static class Attention
{
    // 256 MiB of float32.
    private const long MostScores = 1L << 26;

    /// <summary>softmax(qᵀk/√c) v for each head, softmax in float32.</summary>
    /// <param name="qkv">[N, 3C, H, W]; channel (head · C/heads + c) · 3 + {0: q, 1: k, 2: v}.</param>
    /// <param name="heads">Number of heads.</param>
    /// <returns>[N, C, H, W], channels-last.</returns>
    public static Tensor Forward(Tensor qkv, int heads)
    {
        var (n, h, w) = (qkv.size(0), qkv.size(2), qkv.size(3));
        var channels = qkv.size(1) / 3;
        var width = channels / heads;

        // [N, HW, heads, c, 3] shares the channels-last memory; each of q, k, v becomes [N·heads, HW, c].
        var parts = qkv.permute(0, 2, 3, 1).reshape(n, h * w, heads, width, 3).permute(4, 0, 2, 1, 3)
            .reshape(3, n * heads, h * w, width);
        return Attend(parts[0], parts[1], parts[2]).reshape(n, heads, h * w, width).transpose(1, 2).reshape(n, h, w, channels).permute(0, 3, 1, 2);
    }

    /// <summary>Attention of several heads; head h has channels h·C/heads on.</summary>
    /// <param name="q">[N, L, C].</param>
    /// <param name="k">[N, M, C].</param>
    /// <param name="v">[N, M, C].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="bias">Added to the scores, [N·heads or 1, L or 1, M]; null for none.</param>
    /// <param name="scale">Multiplies the scores; null for 1/√(C/heads).</param>
    /// <returns>[N, L, C].</returns>
    public static Tensor MultiHead(Tensor q, Tensor k, Tensor v, int heads, Tensor? bias = null, double? scale = null)
    {
        var (n, queries, channels) = (q.size(0), q.size(1), q.size(2));
        var attended = Attend(Heads(q, heads), Heads(k, heads), Heads(v, heads), bias, scale);
        return heads == 1
            ? attended
            : attended.reshape(n, heads, queries, channels / heads).transpose(1, 2).reshape(n, queries, channels);
    }

    /// <summary>softmax(q kᵀ/√c + bias) v, softmax in float32; the queries in blocks where the scores would take much memory.</summary>
    /// <param name="q">[B, L, c].</param>
    /// <param name="k">[B, M, c].</param>
    /// <param name="v">[B, M, c].</param>
    /// <param name="bias">[B or 1, L or 1, M]; null for none.</param>
    /// <param name="scale">Instead of 1/√c.</param>
    /// <returns>[B, L, c].</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias = null, double? scale = null)
    {
        var keys = (k * (scale ?? 1 / Math.Sqrt(q.size(2)))).transpose(1, 2);
        var rows = Math.Max(1, MostScores / (q.size(0) * k.size(1)));
        if (q.size(1) <= rows)
        {
            return Block(q, keys, v, bias);
        }

        var blocks = new List<Tensor>();
        for (long start = 0; start < q.size(1); start += rows)
        {
            using var scope = torch.NewDisposeScope();
            var count = Math.Min(rows, q.size(1) - start);
            var shift = bias is not null && bias.size(1) > 1 ? bias.narrow(1, start, count) : bias;
            blocks.Add(Block(q.narrow(1, start, count), keys, v, shift).MoveToOuterDisposeScope());
        }

        return torch.cat([.. blocks], 1);
    }

    private static Tensor Block(Tensor q, Tensor keys, Tensor v, Tensor? bias)
    {
        var scores = q.bmm(keys).to(ScalarType.Float32);
        return (bias is null ? scores : scores + bias).softmax(2).to(v.dtype).bmm(v);
    }

    // [N, L, C] → [N·heads, L, C/heads].
    private static Tensor Heads(Tensor values, int heads)
    {
        var (n, length, channels) = (values.size(0), values.size(1), values.size(2));
        return heads == 1 ? values : values.reshape(n, length, heads, channels / heads).transpose(1, 2).reshape(n * heads, length, channels / heads);
    }
}
