namespace DiffuSharp.Tests.Denoising;

/// <summary>Networks traced with Debian's PyTorch: x/2 + noise, and the number of the class.</summary>
public sealed class TracedModules : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TracedModules()
    {
        if (Python.WhyNoTorch is null)
        {
            Python.Run($$"""
                import torch
                class Plain(torch.nn.Module):
                    def __init__(self):
                        super().__init__()
                        self.scale = torch.nn.Parameter(torch.tensor(0.5))
                    def forward(self, x, noise):
                        return x * self.scale + noise.to(x.dtype).reshape(-1, 1, 1, 1)
                class Labelled(torch.nn.Module):
                    def forward(self, x, noise, labels):
                        return x * 0 + labels.to(x.dtype).reshape(-1, 1, 1, 1)
                x, noise = torch.zeros(2, 1, 4, 4), torch.zeros(2)
                torch.jit.trace(Plain(), (x, noise)).save('{{Plain}}')
                torch.jit.trace(Labelled(), (x, noise, torch.zeros(2, dtype=torch.int64))).save('{{Labelled}}')
                """).ShouldBeNull();
        }
    }

    public string Plain => _folder["plain.pt"];

    public string Labelled => _folder["labelled.pt"];

    public void Dispose() => _folder.Dispose();
}
