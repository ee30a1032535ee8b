using DiffuSharp.Networks;
using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>Finds the module at which values stop being finite.</summary>
internal static class NonFiniteSearch
{
    /// <summary>
    /// Looks at the parameters in forward order, then at the outputs of the layers by running the network once more, then at the
    /// gradients from the output backwards, and names the first module with NaN or an infinity.
    /// </summary>
    public static NonFiniteException Explain(UNet network, Action forward, long imagesSeen)
    {
        var (module, what) = BadParameter(network) ?? BadOutput(network, forward) ?? BadGradient(network) ?? ("", "the loss");
        var place = module.Length == 0 ? what : $"{what} of {module}";
        var kimg = imagesSeen / 1000.0;
        return new NonFiniteException(
            $"training stopped at {kimg:0.###} kimg: {place} is not finite; resume from the last state with a lower --lr", module);
    }

    private static (string Module, string What)? BadParameter(UNet network)
    {
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (!IsFinite(parameter))
            {
                return (ModuleOf(name), $"the {name[(name.LastIndexOf('.') + 1)..]}");
            }
        }

        return null;
    }

    private static (string Module, string What)? BadOutput(UNet network, Action forward)
    {
        string? module = null;
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        network.LayerObserver = (name, output) => module ??= IsFinite(output) ? null : name;
        try
        {
            forward();
        }
        finally
        {
            network.LayerObserver = null;
        }

        return module is null ? null : (module, "the output");
    }

    private static (string Module, string What)? BadGradient(UNet network)
    {
        foreach (var (name, parameter) in network.named_parameters().Reverse())
        {
            using var gradient = parameter.grad;
            if (gradient is not null && !IsFinite(gradient))
            {
                return (ModuleOf(name), $"the gradient of the {name[(name.LastIndexOf('.') + 1)..]}");
            }
        }

        return null;
    }

    private static bool IsFinite(Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return tensor.detach().isfinite().all().item<bool>();
    }

    private static string ModuleOf(string parameter) => parameter[..Math.Max(0, parameter.LastIndexOf('.'))];
}
