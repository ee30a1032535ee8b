namespace DiffuSharp.Search.Noise;

/// <summary>What a random number of a search is for; part of its address, so that no two purposes share a stream.</summary>
public enum DrawPurpose : ulong
{
    /// <summary>The noise of a fresh candidate.</summary>
    Candidate = 1,

    /// <summary>The direction of a neighbour.</summary>
    Neighbour,

    /// <summary>The noise of a particle at a row.</summary>
    Particle,

    /// <summary>Which particles survive.</summary>
    Resampling,

    /// <summary>Which of several is taken.</summary>
    Choice,

    /// <summary>A jump forward in noise.</summary>
    Jump,

    /// <summary>A change of the noise of a row.</summary>
    Perturbation,

    /// <summary>A mutation.</summary>
    Mutation,

    /// <summary>Who fights in a tournament.</summary>
    Tournament,

    /// <summary>Anything else: algorithms of other assemblies begin their paths with a number of their own.</summary>
    Other = 1000,
}
