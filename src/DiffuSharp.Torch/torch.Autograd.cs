using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>Gradients as values.</content>
public static partial class torch
{
    /// <summary>PyTorch's <c>torch.autograd</c>.</summary>
    public static unsafe class autograd
    {
        /// <summary>
        /// Gradients of Σ_k ⟨outputs_k, cotangents_k⟩ with respect to the inputs. Null cotangents stand for 1 (outputs of one
        /// element); an input that the outputs do not depend on gives null.
        /// </summary>
        /// <exception cref="TorchException">The outputs were not recorded.</exception>
        public static Tensor?[] grad(
            Tensor[] outputs, Tensor[] inputs, Tensor?[]? cotangents = null, bool retain_graph = false, bool create_graph = false)
        {
            cotangents ??= new Tensor?[outputs.Length];
            var gradients = new nint[inputs.Length];
            fixed (nint* y = Handles(outputs))
            fixed (nint* v = Handles(cotangents))
            fixed (nint* x = Handles(inputs))
            fixed (nint* result = gradients)
            {
                Native.Check(Native.ds_autograd_grad(
                    y, v, outputs.Length, x, inputs.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, result));
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(cotangents);
            GC.KeepAlive(inputs);
            return Array.ConvertAll(gradients, handle => handle == 0 ? null : Tensor.FromHandle(handle));
        }

        private static nint[] Handles(Tensor?[] tensors) => Array.ConvertAll(tensors, tensor => tensor?.Handle ?? 0);
    }
}
