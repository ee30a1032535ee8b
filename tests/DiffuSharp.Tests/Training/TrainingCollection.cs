namespace DiffuSharp.Tests.Training;

/// <summary>
/// Tests that train run alone: dropout draws from the process-wide generator, and live tensors are counted process-wide.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingCollection
{
    public const string Name = "Training";
}
