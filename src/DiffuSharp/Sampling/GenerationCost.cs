namespace DiffuSharp.Sampling;

/// <summary>What a generation has cost so far.</summary>
/// <param name="Images">Images made.</param>
/// <param name="Evaluations">Network evaluations that the denoiser counted; guidance counts twice.</param>
/// <param name="Seconds">Time in the sampler, without what the caller did between two batches.</param>
public readonly record struct GenerationCost(int Images, long Evaluations, double Seconds)
{
    /// <summary>Network evaluations per image; 0 before the first batch.</summary>
    public double Nfe => Images == 0 ? 0 : (double)Evaluations / Images;

    /// <summary>Images per second; 0 before the first batch.</summary>
    public double ImagesPerSecond => Images == 0 ? 0 : Images / Seconds;
}
