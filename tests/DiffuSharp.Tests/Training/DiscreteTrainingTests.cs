using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class DiscreteTrainingTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public static TheoryData<string> Models() => ["vp", "ve", "iddpm", "epsilon", "x0", "v", "mu", "vlb", "hybrid"];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_step_changes_the_weights_and_keeps_the_loss_finite(string name)
    {
        using var session = TinyRun.Session(Options(name));
        var before = TinyRun.State(session);
        session.Step();
        session.Step().IsFinite.ShouldBeTrue();
        TinyRun.Differences(before, TinyRun.State(session)).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_trained_hybrid_model_is_written_read_and_bounded()
    {
        using var trainer = new Trainer(Options("hybrid"));
        trainer.RunName.ShouldContain("-ddpm-");
        var result = trainer.Run(_tiny.Directory());
        using var model = ModelFile.Load(result.Snapshot);
        var options = model.Description.Preconditioning.ShouldBeOfType<DiscretePreconditioning>();
        options.Variance.ShouldBe(ReverseVariance.Learned);
        using var scope = torch.NewDisposeScope();
        using var noise = new SeededNoise([0, 1], model.Denoiser.Shape);
        var process = new ReverseProcess(model.Denoiser, options.Schedule, options.Variance);
        var bound = new VariationalBound(process).Evaluate(torch.zeros([2, 1, 8, 8]), noise);
        bound.Mean.ShouldBeInRange(0.1, 1000);
        model.Denoiser.Evaluations.ShouldBe(2 * options.Steps);
    }

    [Fact]
    public void Losses_that_do_not_fit_the_model_are_refused()
    {
        Refuse(_tiny.Options with { Objective = DiscreteObjective.Vlb }, "objective");
        Refuse(_tiny.Options with { Preconditioning = new FlowPreconditioning() }, "precond");
        Refuse(Options("epsilon") with { Objective = DiscreteObjective.Hybrid }, "learned");
        Refuse(Options("hybrid") with { Objective = DiscreteObjective.Simple }, "simple");
        Refuse(Options("epsilon") with { Preconditioning = new DiscretePreconditioning(BetaStart: -1) }, "beta");

        static void Refuse(TrainingOptions options, string word) =>
            Should.Throw<InvalidInputException>(options.Validate).Message.ShouldContain(word);
    }

    [Fact]
    public void Options_of_a_discrete_model_go_through_json()
    {
        var options = Options("hybrid") with { Objective = DiscreteObjective.Vlb };
        var back = TrainingOptions.FromJson(options.ToJson());
        back.Preconditioning.ShouldBe(options.Preconditioning);
        back.Objective.ShouldBe(DiscreteObjective.Vlb);
        ((DiscreteLoss)Options("hybrid").CreateLoss()).Objective.ShouldBe(DiscreteObjective.Hybrid);
        ((DiscreteLoss)Options("mu").CreateLoss()).Objective.ShouldBe(DiscreteObjective.Simple);
    }

    public void Dispose() => _tiny.Dispose();

    private TrainingOptions Options(string name)
    {
        var small = new DiscretePreconditioning(Steps: 20, BetaStart: 5e-3, BetaEnd: 0.5);
        return _tiny.Options with
        {
            Preconditioning = name switch
            {
                "vp" => new VPPreconditioning(),
                "ve" => new VEPreconditioning(),
                "iddpm" => new IddpmPreconditioning(),
                "hybrid" => small with { Variance = ReverseVariance.Learned },
                "vlb" => small,
                _ => small with { Prediction = Enum.Parse<DiscretePrediction>(name, ignoreCase: true) },
            },
            Objective = name == "vlb" ? DiscreteObjective.Vlb : null,
        };
    }
}
