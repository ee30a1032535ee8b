using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Torch.Tests.Distributed;

public sealed class RankSettingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("RANK=0 WORLD_SIZE=1")]
    [InlineData("RANK=3")]
    [InlineData("OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_JOB_ID=7")] // the script of a batch job is no task of it
    public void A_process_on_its_own_has_no_ranks(string variables) => Read(variables).ShouldBeNull();

    [Fact]
    public void The_variables_of_torchrun_come_first()
    {
        var settings = Read("RANK=5 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 MASTER_ADDR=a MASTER_PORT=29400 OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=2")!;
        (settings.Rank, settings.World, settings.LocalRank, settings.LocalWorld, settings.Master, settings.Port).ShouldBe((5, 8, 1, 4, "a", 29400));
        (settings.IsHostedByLauncher, settings.Prefix, settings.IsOneMachine).ShouldBe((false, "", false));
        var elastic = Read("RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1 TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=2")!;
        (elastic.IsHostedByLauncher, elastic.Prefix).ShouldBe((true, "/worker/attempt_2"));
    }

    [Fact]
    public void Open_MPI_on_one_machine_needs_nothing_more()
    {
        const string Variables = "OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 PMIX_NAMESPACE=a OMPI_COMM_WORLD_RANK=";
        var (zero, one) = (Read($"{Variables}0")!, Read($"{Variables}1")!);
        (one.Rank, one.World, one.LocalRank, one.Master, one.IsOneMachine).ShouldBe((1, 2, 1, "127.0.0.1", true));
        one.Port.ShouldBe(zero.Port);
        one.Port.ShouldBeInRange(12_000, 32_000);
        Read($"{Variables.Replace("NAMESPACE=a", "NAMESPACE=b", StringComparison.Ordinal)}0")!.Port.ShouldNotBe(one.Port);
    }

    [Theory]
    [InlineData("n1", "n1")]
    [InlineData("n1,n2", "n1")]
    [InlineData("node[003-007,12],other", "node003")]
    [InlineData("node[12,14]", "node12")]
    [InlineData("a,node[1-2]", "a")]
    [InlineData("rack[1-2]-x,b", "rack1-x")]
    public void Slurm_meets_at_the_first_machine_of_the_step(string list, string first)
    {
        var settings = Read($"SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=3 SLURM_LOCALID=1 SLURM_JOB_ID=77 SLURM_STEP_ID=0 SLURM_STEP_NODELIST={list}")!;
        (settings.Rank, settings.World, settings.LocalRank, settings.Master).ShouldBe((3, 4, 1, first));
    }

    [Fact]
    public void PMI_of_another_launcher_is_read()
    {
        var settings = Read("PMI_RANK=1 PMI_SIZE=2 MPI_LOCALRANKID=1 MPI_LOCALNRANKS=2 MASTER_PORT=500")!;
        (settings.Rank, settings.World, settings.Master, settings.Port).ShouldBe((1, 2, "127.0.0.1", 500));
    }

    [Theory]
    [InlineData("WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "RANK is not set")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_PORT=1", "MASTER_ADDR is not set")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=a", "MASTER_PORT is not set")]
    [InlineData("RANK=2 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "no rank 2 of 2")]
    [InlineData("RANK=x WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "RANK=x: must be a whole number")]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", "set MASTER_ADDR")]
    public void What_is_missing_is_named(string variables, string message) =>
        Should.Throw<DistributedException>(() => Read(variables)).Message.ShouldContain(message);

    private static RankSettings? Read(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(p => p[0], p => p[1]);
        return RankSettings.From(name => values.GetValueOrDefault(name));
    }
}
