namespace DiffuSharp.Torch;

/// <content>Neural-network functions.</content>
public static partial class torch
{
    /// <summary>PyTorch's <c>torch.nn</c>.</summary>
    public static class nn
    {
        /// <summary>PyTorch's <c>torch.nn.functional</c>.</summary>
        public static class functional
        {
            private const long MeanReduction = 1;
            private const long IgnoreIndex = -100;

            private static readonly Operator s_conv2d = new("aten::conv2d");
            private static readonly Operator s_conv_transpose2d = new("aten::conv_transpose2d", "input");
            private static readonly Operator s_avg_pool2d = new("aten::avg_pool2d");
            private static readonly Operator s_upsample_nearest2d = new("aten::upsample_nearest2d");
            private static readonly Operator s_dropout = new("aten::dropout");
            private static readonly Operator s_pad = new("aten::pad");
            private static readonly Operator s_grid_sampler = new("aten::grid_sampler");
            private static readonly Operator s_affine_grid_generator = new("aten::affine_grid_generator");
            private static readonly Operator s_cross_entropy_loss = new("aten::cross_entropy_loss");
            private static readonly Operator s_layer_norm = new("aten::layer_norm");
            private static readonly Operator s_gelu = new("aten::gelu");
            private static readonly Operator s_one_hot = new("aten::one_hot");

            /// <summary>Cross-correlation of [N,C,H,W] with weight [out, C/groups, kh, kw].</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long[]? padding = null, long groups = 1) =>
                s_conv2d.Call(input, weight, bias, new[] { stride, stride }, padding ?? [0, 0], new long[] { 1, 1 }, groups);

            /// <summary>The transpose of the cross-correlation; weight [C, out/groups, kh, kw].</summary>
            public static Tensor conv_transpose2d(Tensor input, Tensor weight, long stride, long[] padding, long groups) =>
                s_conv_transpose2d.Call(input, weight, Argument.None, new[] { stride, stride }, padding, new long[] { 0, 0 }, groups);

            /// <summary>Means over windows of kernel × kernel, without overlap.</summary>
            public static Tensor avg_pool2d(Tensor input, long kernel) => s_avg_pool2d.Call(input, new[] { kernel, kernel });

            /// <summary>Each pixel repeated factor × factor times.</summary>
            public static Tensor upsample_nearest2d(Tensor input, long factor) =>
                upsample_nearest2d(input, [input.size(2) * factor, input.size(3) * factor]);

            /// <summary>The pixel of the same place at another size [H, W].</summary>
            public static Tensor upsample_nearest2d(Tensor input, long[] size) => s_upsample_nearest2d.Call(input, size);

            /// <summary>(x − mean) / √(variance + eps) over the last dimension, times weight plus bias where given.</summary>
            public static Tensor layer_norm(Tensor input, Tensor? weight, Tensor? bias, double eps) =>
                s_layer_norm.Call(input, new[] { input.size(-1) }, weight, bias, eps, false);

            /// <summary>x Φ(x) with the exact Φ (<c>none</c>) or the form with tanh (<c>tanh</c>).</summary>
            public static Tensor gelu(Tensor input, string approximate = "none") => s_gelu.Call(input, approximate);

            /// <summary>Each element zeroed with probability p and the others divided by 1 − p while training.</summary>
            public static Tensor dropout(Tensor input, double p, bool training) => s_dropout.Call(input, p, training);

            /// <summary>Padding of the last dimensions, [left, right, top, bottom], with a mode such as <c>reflect</c>.</summary>
            public static Tensor pad(Tensor input, long[] pad, string mode) => s_pad.Call(input, pad, mode);

            /// <summary>Bilinear samples at grid [N,H,W,2] in [−1, 1] coordinates of pixel edges, zero outside.</summary>
            public static Tensor grid_sample(Tensor input, Tensor grid) => s_grid_sampler.Call(input, grid, 0L, 0L, false);

            /// <summary>The grid that theta [N,2,3] maps an image of the given size [N,C,H,W] to (pixel edges at ±1).</summary>
            public static Tensor affine_grid(Tensor theta, long[] size) => s_affine_grid_generator.Call(theta, size, false);

            /// <summary>Mean cross entropy of logits [N,C] and int64 labels [N].</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, double label_smoothing = 0) =>
                s_cross_entropy_loss.Call(input, target, Argument.None, MeanReduction, IgnoreIndex, label_smoothing);

            /// <summary>int64 labels as one-hot int64 vectors.</summary>
            public static Tensor one_hot(Tensor labels, long num_classes) => s_one_hot.Call(labels, num_classes);
        }
    }
}
