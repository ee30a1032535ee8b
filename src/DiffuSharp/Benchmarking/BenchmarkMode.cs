namespace DiffuSharp.Benchmarking;

/// <summary>What is timed.</summary>
public enum BenchmarkMode
{
    /// <summary>One call of the denoiser without gradients.</summary>
    Inference,

    /// <summary>EDM's loss forward and backward, and a step of Adam.</summary>
    Training,
}
