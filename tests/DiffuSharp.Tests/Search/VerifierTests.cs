using DiffuSharp.Denoising;
using DiffuSharp.Metrics;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public class VerifierTests
{
    [Fact]
    public void A_classifier_gives_the_wanted_class_or_the_best_one()
    {
        using var scope = torch.NewDisposeScope();
        var options = new ConvolutionalClassifierOptions { ImgChannels = 1, ImgHeight = 8, ImgWidth = 8, LabelDim = 3, Channels = [8], Convolutions = [1], FeatureDim = 8 };
        ClassifierModel Model() => new(new ClassifierDescription { Network = options }, Classifier.Create(options, 3));
        using var model = Model();
        var images = Images(4, 8);
        var logits = model.Network.Forward(images.to(ScalarType.Float32)).Logits;
        long[] classes = [2, 0, 1, 2];
        var logs = logits.log_softmax(1).ToArray<float>();

        using var logProbability = new ClassifierVerifier(Model());
        using var logit = new ClassifierVerifier(Model(), score: ClassScore.Logit);
        using var confidence = new ClassifierVerifier(Model(), score: ClassScore.Confidence);
        Scores(logProbability, images, classes).ShouldBe([.. classes.Select((c, i) => (double)logs[(3 * i) + c])], 1e-5);
        Scores(logit, images, classes).ShouldBe([.. classes.Select((c, i) => (double)logits.ToArray<float>()[(3 * i) + c])], 1e-5);
        Scores(confidence, images, null).ShouldBe([.. logs.Chunk(3).Select(row => (double)row.Max())], 1e-5);
        Should.Throw<InvalidInputException>(() => Scores(logit, images, null)).Message.ShouldContain("no classes");
        Should.Throw<InvalidInputException>(() => Scores(logit, images, [0, 1, 2, 3])).Message.ShouldContain("class 3");
        Should.Throw<InvalidInputException>(() => Scores(logit, Images(1, 4), [0])).Message.ShouldContain("takes");
    }

    [Fact]
    public void The_Frechet_oracle_ranks_images_by_what_they_add_to_the_distance()
    {
        // The exact change of the distance when one image joins 4000, times 4000, against the first-order formula: equal up to O(1/N).
        const int n = 4000;
        using var scope = torch.NewDisposeScope();
        var set = Images(n, 2) * 0.5;
        var reference = PixelFeatures.Of((Images(500, 2, seed: 8) * 0.7) + 0.1);
        using var oracle = new FrechetOracle(new PixelFeatures(), FeatureStatistics.Of(reference));
        oracle.Prepare(new VerifierBatch(set, null));
        var candidates = Images(6, 2, seed: 9);
        var before = FrechetDistance.Compute(FeatureStatistics.Of(PixelFeatures.Of(set)), FeatureStatistics.Of(reference)).Value;

        double[] exact = [.. Enumerable.Range(0, 6).Select(i => -n * (FrechetDistance.Compute(
            FeatureStatistics.Of(PixelFeatures.Of(torch.cat([set, candidates.narrow(0, i, 1)]))), FeatureStatistics.Of(reference)).Value - before))];

        var scores = Scores(oracle, candidates, null);
        scores.ShouldBe(exact, 0.02 * exact.Max(Math.Abs));
        exact.Max(Math.Abs).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Chosen_images_move_the_statistics_of_the_Frechet_oracle()
    {
        using var scope = torch.NewDisposeScope();
        var reference = PixelFeatures.Of(Images(500, 2, seed: 8) * 0.5);
        using var oracle = new FrechetOracle(new PixelFeatures(), FeatureStatistics.Of(reference));
        oracle.Prepare(new VerifierBatch(Images(200, 2) * 0.5, null));
        var right = torch.full([1, 1, 2, 2], 0.5, ScalarType.Float64);
        var left = Scores(oracle, -right, null)[0] - Scores(oracle, right, null)[0];

        oracle.Accept(new VerifierBatch(right.expand(100, -1, -1, -1), null));

        (Scores(oracle, -right, null)[0] - Scores(oracle, right, null)[0]).ShouldBeGreaterThan(left + 0.5);
    }

    [Fact]
    public void The_self_supervised_verifier_sees_the_prediction_of_the_trajectory_at_no_evaluation()
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, Toy.Heun(8), 45) with { Verifier = new SelfSupervisedVerifier(new PixelFeatures()) };
        var result = new Searcher(problem, new RandomSearch()).Run();

        result.Ledger.Search.Evaluations.ShouldBe(5 * 45);
        result.Images.ShouldAllBe(image => image.Trace.All(point => point.Score <= 1 && point.Score >= -1) && image.Trace.Any(point => point.Score < 0.9999));
    }

    [Fact]
    public void A_prediction_like_the_sample_scores_1()
    {
        using var scope = torch.NewDisposeScope();
        using var verifier = new SelfSupervisedVerifier(new PixelFeatures());
        var images = Images(3, 2);

        verifier.Score(new VerifierBatch(images, null, images)).ToArray<double>().ShouldBe([1, 1, 1], 1e-9);
        verifier.Score(new VerifierBatch(images, null, -images)).ToArray<double>().ShouldBe([-1, -1, -1], 1e-2);
    }

    [Fact]
    public void The_likelihood_verifier_prefers_what_the_model_finds_probable()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new GaussianDenoiser(Toy.Shape, 0.3);
        var verifier = new LikelihoodVerifier(model, levels: 8);
        var scores = Scores(verifier, torch.tensor([0.0, 0, 0, 0, 0.3, 0.3, -0.3, 0.3, 0.9, -0.9, 0.9, -0.9], [3, 1, 2, 2]), null);

        scores.ShouldBe(scores.OrderDescending());
        verifier.Evaluations.ShouldBe(24);
    }

    [Fact]
    public void The_likelihood_verifier_refuses_images_and_classes_that_its_model_does_not_know()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new ScaledClasses();
        var verifier = new LikelihoodVerifier(model);
        Scores(verifier, Images(2, 2), [0, 1]).Length.ShouldBe(2);

        Should.Throw<InvalidInputException>(() => Scores(verifier, Images(1, 4), [0])).Message.ShouldContain("takes 1x2x2 images");
        Should.Throw<InvalidInputException>(() => Scores(verifier, Images(1, 2).expand(-1, 3, -1, -1), [0])).Message.ShouldContain("takes 1x2x2 images");
        Should.Throw<InvalidInputException>(() => Scores(verifier, Images(2, 2), [0, 2])).Message.ShouldContain("knows 2 classes, but class 2 is wanted");
    }

    [PyTorchFact]
    public void A_script_that_refuses_its_input_is_named_in_one_line()
    {
        using var folder = new TemporaryFolder();
        Python.Run($$"""
            import torch
            class Judge(torch.nn.Module):
                def forward(self, x):
                    return x.reshape(-1, 5).sum(dim=1)
            torch.jit.script(Judge()).save('{{folder["judge.pt"]}}')
            """).ShouldBeNull();
        using var scope = torch.NewDisposeScope();
        using var verifier = new ScriptVerifier(folder["judge.pt"]);
        var error = Should.Throw<InvalidDataException>(() => Scores(verifier, Images(2, 2), null));
        error.Message.ShouldStartWith("verifier script:judge.pt: the module refuses its input float32[2,1,2,2]: ");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void The_data_dependent_part_of_the_bound_is_the_exact_one_of_a_Gaussian_model()
    {
        // D = s²x_σ/(s²+σ²): E‖x − D‖²/σ² = (σ²x² + s⁴)/(s²+σ²)², so ∫ d ln σ of the part with x² is x²/2 · [σ²/(s²(s²+σ²))].
        using var scope = torch.NewDisposeScope();
        const double s = 0.3;
        using var model = new GaussianDenoiser(Toy.Shape, s);
        var verifier = new LikelihoodVerifier(model, levels: 400, min: 0.001, max: 100);
        var x = torch.tensor([0.6, 0.6, 0.6, 0.6, -0.6, -0.6, -0.6, -0.6, 0, 0, 0, 0], [3, 1, 2, 2]);
        var scores = Scores(verifier, x, null);

        (((scores[0] + scores[1]) / 2) - scores[2]).ShouldBe(-4 * 0.36 / (2 * s * s), 0.02);
    }

    [Fact]
    public void An_ensemble_orders_by_the_mean_place_among_plain_samples()
    {
        using var scope = torch.NewDisposeScope();
        using var ensemble = new EnsembleVerifier([new LinearVerifier(1, 0, 0, 0), new LinearVerifier(0, 100, 0, 0)]);
        ensemble.Prepare(new VerifierBatch(torch.tensor([0.0, 0, 0, 0, 0.1, 0.2, 0, 0, 0.4, 0.3, 0, 0], [3, 1, 2, 2]), null));

        var scores = Scores(ensemble, torch.tensor([0.1, 0.2, 0, 0, 0.4, 0.2, 0, 0, 0.25, 0.3, 0, 0, 0.8, 0.3, 0, 0, 0, -0.3, 0, 0], [5, 1, 2, 2]), null);
        scores.ShouldBe([0.5, 0.75, 0.875, 1.5, -0.5], 1e-9);
        EnsembleVerifier.Rank([1, 2, 2, 3], 2).ShouldBe(1.0 / 3, 1e-12);
    }

    [Fact]
    public void Plain_samples_keep_their_places_when_chosen_images_move_the_scores_of_a_member()
    {
        using var scope = torch.NewDisposeScope();
        var reference = PixelFeatures.Of(Images(500, 2, seed: 8) * 0.5);
        using var ensemble = new EnsembleVerifier([new FrechetOracle(new PixelFeatures(), FeatureStatistics.Of(reference)), new LinearVerifier(1, 0, 0, 0)]);
        var plain = new VerifierBatch(Images(40, 2) * 0.5, null);
        ensemble.Prepare(plain);
        var before = Scores(ensemble, plain.Images, null);

        ensemble.Accept(new VerifierBatch(torch.full([200, 1, 2, 2], 0.5, ScalarType.Float64), null));

        // Ranks of 40 different scores are 0, 1/39, ... 1.
        var after = Scores(ensemble, plain.Images, null);
        after.ShouldNotBe(before);
        before.Average().ShouldBe(0.5, 1e-9);
        after.Average().ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void An_ensemble_takes_no_member_that_looks_at_trajectories() =>
        Should.Throw<InvalidInputException>(() => new EnsembleVerifier([new LinearVerifier(1), new SelfSupervisedVerifier(new PixelFeatures())]))
            .Message.ShouldContain("looks at trajectories");

    [Fact]
    public void A_verifier_that_judges_relative_to_plain_samples_needs_two_images()
    {
        using var denoiser = Toy.Mixture();
        using var ensemble = new EnsembleVerifier([new LinearVerifier(1, 0, 0, 0)]);
        var problem = Toy.Problem(denoiser, Toy.Heun(), 50, images: 1);
        foreach (var relative in new[] { problem with { Verifier = ensemble }, problem with { HeldOut = ensemble } })
        {
            Should.Throw<InvalidInputException>(() => new Searcher(relative, new RandomSearch())).Message.ShouldContain("more than one image");
        }
    }

    [Fact]
    public void A_held_out_verifier_is_reported_and_changes_nothing()
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, Toy.Heun(), 50) with { Milestones = [20, 50] };
        var alone = new Searcher(problem, new RandomSearch()).Run();
        var judged = new Searcher(problem with { HeldOut = new LinearVerifier(0, 0, 0, 1) }, new RandomSearch()).Run();

        judged.Images.Select(i => i.Best).ShouldBe(alone.Images.Select(i => i.Best));
        judged.Ledger.Search.VerifierCalls.ShouldBe(alone.Ledger.Search.VerifierCalls);
        judged.Ledger.HeldOut.VerifierCalls.ShouldBe(20);
        foreach (var image in judged.Images)
        {
            image.Final.HeldOut!.Value.ShouldBe((image.Final.Image.Pixels[3] / 127.5) - 1, 1e-6);
            image.Plain.HeldOut!.Value.ShouldBe((image.Plain.Image.Pixels[3] / 127.5) - 1, 1e-6);
        }

        judged.Milestones.ShouldAllBe(m => m.Images.All(i => i.HeldOut != null));
    }

    [Fact]
    public void A_score_that_is_not_a_number_names_the_verifier()
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, Toy.Heun(), 50) with { Verifier = new LinearVerifier(double.NaN, 0, 0, 0) };
        Should.Throw<InvalidDataException>(() => new Searcher(problem, new RandomSearch()).Run()).Message.ShouldContain("verifier linear");
    }

    private static double[] Scores(IVerifier verifier, Tensor images, long[]? classes) =>
        verifier.Score(new VerifierBatch(images, classes)).to(ScalarType.Float64).ToArray<double>();

    private static Tensor Images(int n, int size, ulong seed = 4)
    {
        using var generator = new Generator(seed);
        return (torch.rand([n, 1, size, size], generator, ScalarType.Float64) * 2) - 1;
    }
}
