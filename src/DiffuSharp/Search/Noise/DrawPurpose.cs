namespace DiffuSharp.Search.Noise;

/// <summary>What a random number of a search is for; part of its address, so that no two purposes share a stream.</summary>
internal enum DrawPurpose : ulong
{
    Candidate = 1,
    Neighbour,
    Particle,
    Resampling,
    Choice,
    Jump,
    Perturbation,
    Mutation,
    Tournament,
}
