namespace DiffuSharp.Search;

/// <summary>Keeps the units of a search, in order, so that a search that was killed goes on where it stopped.</summary>
public interface ISearchJournal
{
    /// <summary>A unit that was done before; null if it was not.</summary>
    /// <param name="number">From 0.</param>
    SearchUnit? Read(int number);

    /// <summary>Keeps a unit.</summary>
    /// <param name="number">One more than the last.</param>
    /// <param name="unit">What became of it.</param>
    void Write(int number, SearchUnit unit);
}
