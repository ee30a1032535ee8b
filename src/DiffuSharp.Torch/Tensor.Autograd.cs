using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>Differentiation.</content>
public unsafe partial class Tensor
{
    /// <summary>Whether operations on the tensor are recorded.</summary>
    public bool requires_grad
    {
        get => Alive(Native.ds_tensor_requires_grad(Handle)) != 0;
        set => Native.Check(Alive(Native.ds_tensor_set_requires_grad(Handle, value ? 1 : 0)));
    }

    /// <summary>The accumulated gradient, or null; setting null frees it.</summary>
    public Tensor? grad
    {
        get
        {
            var gradient = Alive(Native.ds_tensor_gradient(Handle));
            return gradient == 0 ? null : FromHandle(gradient);
        }

        set
        {
            Native.Check(Alive(Native.ds_tensor_set_gradient(Handle, value?.Handle ?? 0)));
            GC.KeepAlive(value);
        }
    }

    /// <summary>Records operations on this tensor from here on.</summary>
    public Tensor requires_grad_(bool value = true)
    {
        requires_grad = value;
        return this;
    }

    /// <summary>Adds the gradients of ⟨this, cotangent⟩ to the leaves; the cotangent of a single number is 1.</summary>
    public void backward(Tensor? cotangent = null)
    {
        var output = Handle;
        var weight = cotangent?.Handle ?? 0;
        Native.Check(Native.ds_autograd_backward(&output, &weight, 1, 0));
        GC.KeepAlive(cotangent);
        GC.KeepAlive(this);
    }
}
