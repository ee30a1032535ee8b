namespace DiffuSharp.Training.Classifiers;

/// <summary>How far the training of a classifier is: told after every step.</summary>
/// <param name="Fraction">Part of the steps that is done, 0 to 1.</param>
/// <param name="Loss">Cross entropy of the step's images.</param>
public readonly record struct ClassifierTrainingProgress(double Fraction, double Loss);
