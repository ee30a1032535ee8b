using System.Net;
using System.Net.Sockets;
using DiffuSharp.TestRanks;

namespace DiffuSharp.Torch.Tests.Distributed;

/// <summary>Ranks as real processes.</summary>
public sealed class ProcessGroupTests
{
    private static readonly string s_rank = typeof(RankProgram).Assembly.Location;

    [Theory]
    [InlineData(2, "sum 3 20", "max 1 0", "gather 0 7 2 7", "async 3 6 9 12", "bytes 0 3")]
    [InlineData(4, "sum 10 40", "max 3 0", "gather 0 7 2 7 4 7 6 7", "async 10 20 30 40", "bytes 0 3 6 9")]
    public async Task Every_operation_gives_all_ranks_the_same(int ranks, string sum, string max, string gather, string async, string bytes)
    {
        var ended = await RankProcesses.Run(ranks, s_rank, "collectives");
        ended.ShouldAllBe(e => e.ExitCode == 0 && e.Error == "");
        for (var rank = 0; rank < ranks; rank++)
        {
            ended[rank].Output.Split('\n').ShouldBe(
            [
                sum, max, "broadcast 6 6 6", gather, async, rank == 0 ? bytes : "bytes elsewhere", "text \u03c3 of rank 0",
                $"rank 1 of {ranks} has other numbers than rank 0; start all ranks alike", "",
            ]);
        }
    }

    [Fact]
    public async Task Gradients_in_buckets_are_sums_over_ranks_and_passes()
    {
        var ended = await RankProcesses.Run(2, s_rank, "buckets");
        ended.ShouldAllBe(e => e.ExitCode == 0 && e.Error == "");
        ended.ShouldAllBe(e => e.Output == "buckets 3\n" + string.Concat(Enumerable.Repeat("gradients 33 132 297 528 825\n", 3)));
    }

    [Fact]
    public async Task A_rank_that_ends_ends_the_others_with_one_line()
    {
        var ended = await RankProcesses.Run(3, s_rank, "lost", "0");
        ended[2].ExitCode.ShouldBe(9);
        foreach (var other in ended[..2])
        {
            other.ExitCode.ShouldBe(3);
            OneLine(other.Error).ShouldContain("of 3 lost another rank in all-reduce: ");
        }
    }

    [Fact]
    public async Task A_rank_that_does_not_answer_ends_the_others_within_the_limit()
    {
        var port = RankProcesses.FreePort();
        var ended = await Task.WhenAll(Enumerable.Range(0, 2).Select(rank =>
            RankProcesses.Run(RankProcesses.Variables(rank, 2, port, timeout: rank == 0 ? "3" : "60"), s_rank, "lost", "15")));
        ended[0].ExitCode.ShouldBe(3);
        OneLine(ended[0].Error).ShouldContain("rank 0 of 2 lost another rank in all-reduce: Timed out");
        ended[0].Time.ShouldBeLessThan(ended[1].Time);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ended = await RankProcesses.Run(RankProcesses.Variables(0, 2, port), s_rank, "collectives");
        ended.ExitCode.ShouldBe(2);
        OneLine(ended.Error).ShouldContain($"rank 0 cannot take the port {port}");
    }

    [Fact]
    public async Task Ranks_that_were_told_of_other_numbers_of_processes_end_with_one_line()
    {
        var port = RankProcesses.FreePort();
        var ended = await Task.WhenAll(
            RankProcesses.Run(RankProcesses.Variables(0, 2, port), s_rank, "collectives"),
            RankProcesses.Run(RankProcesses.Variables(1, 3, port), s_rank, "collectives"));
        ended.ShouldAllBe(e => e.ExitCode == 2);
        ended.ShouldAllBe(e => OneLine(e.Error).Contains("rank 1 was told of 3 processes, rank 0 of 2"));
    }

    [Fact]
    public async Task A_rank_that_does_not_come_is_named()
    {
        var ended = await RankProcesses.Run(RankProcesses.Variables(0, 2, RankProcesses.FreePort(), timeout: "1"), s_rank, "collectives");
        ended.ExitCode.ShouldBe(2);
        OneLine(ended.Error).ShouldContain("rank 1 of 2 did not come in time");
    }

    [Fact]
    public async Task A_meeting_place_where_nobody_is_is_one_line_within_the_limit()
    {
        var ended = await RankProcesses.Run(RankProcesses.Variables(1, 2, RankProcesses.FreePort(), timeout: "2"), s_rank, "collectives");
        ended.ExitCode.ShouldBe(2);
        OneLine(ended.Error).ShouldContain("rank 1 cannot reach rank 0 at 127.0.0.1:");
        ended.Time.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [MpirunFact]
    public async Task Open_MPI_starts_ranks()
    {
        Dictionary<string, string> root = new() { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["DIFFUSHARP_RANK_TIMEOUT"] = "60" };
        var ended = await RankProcesses.RunProgram(MpirunFactAttribute.Program, root, "--oversubscribe", "-n", "2", "dotnet", s_rank, "collectives");
        ended.ExitCode.ShouldBe(0, ended.Error); // A rank without the others has no group, and fails.
    }

    [PyTorchFact]
    public void Ranks_meet_at_the_store_of_torchruns_agent() => Python.Run($"""
        import os, subprocess
        from torch.distributed import TCPStore
        store = TCPStore("127.0.0.1", 0, None, True, wait_for_workers=False)
        elastic = dict(TORCHELASTIC_USE_AGENT_STORE="True", TORCHELASTIC_RESTART_COUNT="0", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(store.port))
        ranks = [subprocess.Popen(["dotnet", "{s_rank}", "collectives"], stdout=subprocess.DEVNULL, env=dict(os.environ, RANK=str(r), WORLD_SIZE="2", **elastic))
                 for r in range(2)]
        assert [r.wait() for r in ranks] == [0, 0]
        """).ShouldBeNull();

    private static string OneLine(string text)
    {
        text.TrimEnd('\n').ShouldNotContain("\n");
        return text;
    }
}
