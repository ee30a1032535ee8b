using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Self-attention over all pixels.</summary>
internal static class Attention
{
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

    /// <summary>softmax(q kᵀ/√c) v, softmax in float32.</summary>
    /// <param name="q">[B, L, c].</param>
    /// <param name="k">[B, L, c].</param>
    /// <param name="v">[B, L, c].</param>
    /// <returns>[B, L, c].</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        var scores = q.bmm((k * (1 / Math.Sqrt(q.size(2)))).transpose(1, 2));
        return scores.to(ScalarType.Float32).softmax(2).to(v.dtype).bmm(v);
    }
}
