namespace DiffuSharp.Tests.Cli;

/// <summary>The spin count of OpenMP's threads, as GNU's runtime displays it when it is loaded.</summary>
public sealed class ThreadWaitingTests
{
    [Theory]
    [InlineData("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "'1000'", "GOMP_SPINCOUNT 1000, DiffuSharp's own")]
    [InlineData("GOMP_SPINCOUNT=77", "OMP_WAIT_POLICY", "'77'", "GOMP_SPINCOUNT 77")]
    [InlineData("GOMP_SPINCOUNT", "OMP_WAIT_POLICY=passive", "'0'", "OMP_WAIT_POLICY passive")]
    public async Task Threads_spin_briefly_unless_the_user_says_otherwise_and_doctor_tells(string count, string policy, string spins, string told)
    {
        using var process = ProgramProcess.StartWith(["OMP_DISPLAY_ENV=verbose", count, policy], "doctor", "--json");
        var error = process.ReadError();
        (await process.Output.ReadToEndAsync()).ShouldContain(told);
        (await error).ShouldContain($"GOMP_SPINCOUNT = {spins}");
    }
}
