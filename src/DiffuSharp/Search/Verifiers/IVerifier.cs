using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>Says how good images are.</summary>
public interface IVerifier
{
    /// <summary>Name for the ledger.</summary>
    string Name { get; }

    /// <summary>
    /// The noise level of the trajectory whose denoised image the verifier wants to see beside the sample (that of the nearest evaluated row); null for none.
    /// It costs no evaluation.
    /// </summary>
    double? ObservedSigma => null;

    /// <summary>Whether the score can be differentiated with respect to the images.</summary>
    bool IsDifferentiable => false;

    /// <summary>
    /// Whether it judges relative to the images that <see cref="Prepare"/> and <see cref="Accept"/> show: it can score only after the first, and the second may
    /// move its scores. Such a verifier sees no trajectories.
    /// </summary>
    bool NeedsPlainSamples => false;

    /// <summary>Scores, higher is better.</summary>
    /// <param name="batch">Images with their conditions.</param>
    /// <returns>[N], any floating-point type.</returns>
    Tensor Score(VerifierBatch batch);

    /// <summary>Shows plain samples of the model, before the search, to verifiers that judge relative to them.</summary>
    void Prepare(VerifierBatch samples)
    {
    }

    /// <summary>Tells which images were chosen, block by block, to verifiers that judge a set.</summary>
    void Accept(VerifierBatch chosen)
    {
    }
}
