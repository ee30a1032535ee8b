namespace DiffuSharp.TestRanks;

/// <summary>By it the tests find this program.</summary>
public static class RankProgram;
