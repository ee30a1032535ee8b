using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Training;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Tests.Cli;

[Collection(TrainingCollection.Name)]
public sealed class DiscreteFlagsTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void The_flags_of_ddpm_make_its_options()
    {
        var options = DryRun(
            "--precond", "ddpm", "--beta-schedule", "scaled-linear", "--diffusion-steps", "100", "--prediction", "v", "--variance", "learned", "--objective", "vlb");
        options.Preconditioning.ShouldBe(
            new DiscretePreconditioning(BetaSchedule.ScaledLinear, 100, Prediction: DiscretePrediction.V, Variance: ReverseVariance.Learned));
        options.Objective.ShouldBe(DiscreteObjective.Vlb);
        DryRun("--precond", "ddpm").Preconditioning.ShouldBe(new DiscretePreconditioning());
        DryRun("--precond", "iddpm").Preconditioning.ShouldBe(new IddpmPreconditioning());
    }

    [Fact]
    public void The_flags_of_ddpm_are_refused_for_other_models()
    {
        Train("--prediction", "x0").ShouldBeRefused("--prediction belongs to --precond ddpm");
        Train("--objective", "vlb").ShouldBeRefused("--precond ddpm");
        Train("--precond", "nothing").ShouldBeRefused("--precond nothing: must be one of vp, ve, iddpm, edm, ddpm");
    }

    public void Dispose() => _tiny.Dispose();

    private TrainingOptions DryRun(params string[] flags)
    {
        var run = Train(flags);
        run.Error.ShouldBe("");
        return TrainingOptions.FromJson(run.Output);
    }

    private CommandLine Train(params string[] flags) =>
        CommandLine.Run(["train", "--data", _tiny.Data, "--cbase", "8", "--cres", "1,2", "--dry-run", .. flags]);
}
