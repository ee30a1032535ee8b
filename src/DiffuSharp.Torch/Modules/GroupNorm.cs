namespace DiffuSharp.Torch.Modules;

/// <summary>
/// Group normalisation fused with what surrounds it in diffusion networks: a shift before, scale and shift after, SiLU.
/// </summary>
public sealed class GroupNorm : Module
{
    private static readonly Operator s_group_norm_act = new("diffusharp::group_norm_act");

    private readonly int _groups;
    private readonly double _eps;

    /// <summary>Weight one, bias zero.</summary>
    /// <param name="num_groups">Groups of channels with common statistics.</param>
    /// <param name="num_channels">C.</param>
    /// <param name="eps">Added to the variance.</param>
    public GroupNorm(int num_groups, int num_channels, double eps)
    {
        _groups = num_groups;
        _eps = eps;
        weight = register_parameter("weight", torch.ones([num_channels]));
        bias = register_parameter("bias", torch.zeros([num_channels]));
    }

    /// <summary>[C].</summary>
    public Parameter weight { get; }

    /// <summary>[C].</summary>
    public Parameter bias { get; }

    /// <summary>act(norm(x + add)·(1 + scale) + shift) for x [N,C,H,W] and the others [N,C] or null.</summary>
    public Tensor forward(Tensor x, Tensor? add = null, Tensor? scale = null, Tensor? shift = null, bool silu = false) =>
        s_group_norm_act.Call(x, add, (long)_groups, weight, bias, scale, shift, _eps, silu);
}
