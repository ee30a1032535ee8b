using DiffuSharp.Search;

namespace DiffuSharp.Tests.Search;

/// <summary>Ends the search after a number of units, as a kill between two of them does.</summary>
internal sealed class KilledJournal(ISearchJournal journal, int after) : ISearchJournal
{
    public SearchUnit? Read(int number) => journal.Read(number) ?? (number < after ? null : throw new OperationCanceledException());

    public void Write(int number, SearchUnit unit) => journal.Write(number, unit);
}
