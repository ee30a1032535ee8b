namespace DiffuSharp.Training;

/// <summary>What a step measured.</summary>
/// <param name="Count">Pixels of the batch.</param>
/// <param name="Sum">Sum of their losses.</param>
/// <param name="Squares">Sum of the squares of their losses.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient of all parameters.</param>
internal readonly record struct StepResult(long Count, double Sum, double Squares, double GradientNorm)
{
    /// <summary>Whether all of it is finite. (The squares may overflow before anything is wrong.)</summary>
    public bool IsFinite => double.IsFinite(Sum) && double.IsFinite(GradientNorm);

    /// <summary>Mean loss of a pixel.</summary>
    public double Mean => Sum / Count;
}
