using System.Runtime.CompilerServices;
using DiffuSharp.Denoising;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Search;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Families;
using DiffuSharp.Tuning.Losses;
using DiffuSharp.Tuning.Validation;

namespace DiffuSharp.Pipelines;

/// <summary>
/// A model ready to be used: sampled, searched, measured. Everything else (levels that the model knows, learned samplers beside it, guidance,
/// real-valued times, classes by name) follows from the file and the options. Safe to use from many threads at once; the images do not depend on who asks
/// with whom. Cancellation is answered between two network evaluations.
/// </summary>
public sealed class Pipeline : IDisposable
{
    private const int UsualSteps = 18;
    private const int UsualImages = 10_000;

    private readonly DenoiserFile _model;
    private readonly DenoiserFile? _reference;
    private readonly PipelineOptions _options;

    private Pipeline(string path, DenoiserFile model, DenoiserFile? reference, PipelineOptions options)
    {
        (Path, _model, _reference, _options) = (path, model, reference, options);
        Denoiser = With(realTimes: false);
    }

    /// <summary>The model's file.</summary>
    public string Path { get; }

    /// <summary>The model, guided and clipped as the options say.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>The network with its description; null for TorchScript.</summary>
    public DiffusionModel? Model => _model.Model;

    /// <summary>Names of the classes; null where the model knows none.</summary>
    public IReadOnlyList<string>? ClassNames => _model.ClassNames;

    /// <summary>Opens a model.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="options">Device, guidance and clipping; by default none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model; one line.</exception>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models; one line.</exception>
    public static Pipeline Open(string path, PipelineOptions? options = null)
    {
        options ??= new PipelineOptions();
        options.Guidance?.Validate();
        options.Limit?.Validate();
        var model = DenoiserFile.Load(path, options.Device);
        DenoiserFile? reference = null;
        try
        {
            if (options.Guidance is ClassifierFreeGuidance { Weight: not 1 }
                && model.Denoiser is PreconditionedDenoiser { LabelDim: > 0, Network: UNet { Options.LabelDropout: 0 } })
            {
                throw new InvalidInputException(
                    "guidance: this model never saw images without class; train one with label dropout, or name a weaker model to guide it");
            }

            reference = options.Guidance is { Weight: not 1, ReferenceFile: { } file } ? DenoiserFile.Load(file, options.Device) : null;
            return new Pipeline(path, model, reference, options);
        }
        catch
        {
            model.Dispose();
            reference?.Dispose();
            throw;
        }
    }

    /// <summary>The model as a sampler wants it: a discrete one with the real-valued times with which the sampler was learned.</summary>
    /// <exception cref="InvalidInputException">The model knows integer timesteps only.</exception>
    public IDenoiser DenoiserFor(Sampler sampler) => sampler.HasRealTimes ? With(realTimes: true) : Denoiser;

    /// <summary>
    /// The sampler for a number of network evaluations: the learned one beside the model if there is one for these weights (learned without guidance), else
    /// a multistep solver where few are asked for, else Heun.
    /// </summary>
    /// <param name="nfe">Network evaluations for each image; null for the learned sampler with most, else 18 Heun steps.</param>
    /// <exception cref="InvalidInputException">There is no sampler of that cost.</exception>
    public Sampler SamplerFor(int? nfe = null)
    {
        var learned = _options.Guidance is { Weight: not 1 } ? null : nfe is { } cost ? LearnedSamplers.Find(Path, cost) : LearnedSamplers.FindLargest(Path);
        return learned is not null ? learned : nfe is { } wanted ? FewStepSolver.OfCost(wanted) : new Sampler(new Heun(), UsualSteps);
    }

    /// <summary>Images, handed out batch by batch as they are made, in the order of the seeds; each knows its seed, class and sampler.</summary>
    /// <param name="seeds">One image for each.</param>
    /// <param name="class">Class of all images, by name or number; null draws one for each.</param>
    /// <param name="sampler">The sampler; null for <see cref="SamplerFor"/>.</param>
    /// <param name="nfe">Network evaluations for each image, instead of a sampler.</param>
    /// <param name="batch">Images that run together; it changes memory and speed, not the images.</param>
    /// <param name="progress">Told after every row.</param>
    /// <param name="cancellation">Stops between two network evaluations; the batches before have been handed out.</param>
    /// <exception cref="InvalidInputException">Something does not fit the model; one line.</exception>
    public IEnumerable<GeneratedImage> Sample(
        Seeds seeds, ClassChoice? @class = null, Sampler? sampler = null, int? nfe = null, int batch = 64,
        IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        var chosen = sampler ?? SamplerFor(nfe);
        var denoiser = DenoiserFor(chosen);
        var built = chosen.Build(denoiser);
        var options = new ImageGeneratorOptions { Seeds = seeds.Values, Class = @class?.NumberIn(ClassNames), Batch = batch };
        var generator = new ImageGenerator(denoiser, built.Tableau, options);
        return generator.Generate(progress, cancellation).SelectMany(images => images)
            .Select(image => image with { ClassName = image.Class is { } k ? ClassNames?[k] : null, Sampler = built.Metadata });
    }

    /// <summary>The same images without blocking the caller while they are made.</summary>
    public async IAsyncEnumerable<GeneratedImage> SampleAsync(
        Seeds seeds, ClassChoice? @class = null, Sampler? sampler = null, int? nfe = null, int batch = 64,
        IProgress<GenerationProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var images = Sample(seeds, @class, sampler, nfe, batch, progress, cancellation).GetEnumerator();
        while (await Task.Run(images.MoveNext, CancellationToken.None).ConfigureAwait(false))
        {
            yield return images.Current;
        }
    }

    /// <summary>For each seed the image that a verifier likes best, within a budget.</summary>
    /// <param name="seeds">One image for each.</param>
    /// <param name="algorithm">How candidates are chosen.</param>
    /// <param name="verifier">What is maximised.</param>
    /// <param name="nfe">Network evaluations for each image, the final generation included.</param>
    /// <param name="class">Class of all images, by name or number; null draws one for each.</param>
    /// <param name="sampler">The sampler of the candidates; null for <see cref="SamplerFor"/>.</param>
    /// <param name="progress">Told after every batch of candidates.</param>
    /// <param name="cancellation">Stops between two network evaluations.</param>
    /// <exception cref="InvalidInputException">Something does not fit; one line.</exception>
    public SearchResult Search(
        Seeds seeds, SearchAlgorithm algorithm, VerifierRecipe verifier, long nfe, ClassChoice? @class = null, Sampler? sampler = null,
        IProgress<SearchProgress>? progress = null, CancellationToken cancellation = default)
    {
        var chosen = sampler ?? SamplerFor();
        var denoiser = DenoiserFor(chosen);
        var opened = verifier.Open(new VerifierContext(Path, denoiser.Device) { Classes = denoiser.LabelDim > 0 ? new ClassList("the model", denoiser.LabelDim, ClassNames) : null });
        using var owned = opened as IDisposable;
        var problem = new SearchProblem
        {
            Denoiser = denoiser,
            Sampler = chosen.Build(denoiser).Tableau,
            Verifier = opened,
            Budget = new SearchBudget { Nfe = nfe },
            Seeds = seeds.Values,
            Class = @class?.NumberIn(ClassNames),
        };
        return new Searcher(problem, SearchPreview.Prepared(algorithm, Path, denoiser, chosen.HasRealTimes)).Run(progress, cancellation);
    }

    /// <summary>Measures the model on samples of the seeds from 0 on.</summary>
    /// <param name="reference">Feature network and reference statistics.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="images">Number of samples.</param>
    /// <param name="sampler">The sampler; null for <see cref="SamplerFor"/>.</param>
    /// <param name="progress">Told the part of the sampling that is done.</param>
    /// <param name="cancellation">Stops between two network evaluations.</param>
    /// <exception cref="InvalidInputException">Something does not fit; one line.</exception>
    public IReadOnlyList<MetricValue> Evaluate(
        FeatureReference reference, IReadOnlyList<Metric> metrics, int images = UsualImages, Sampler? sampler = null,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var chosen = sampler ?? SamplerFor();
        var denoiser = DenoiserFor(chosen);
        var evaluation = new ModelEvaluation(
            denoiser, chosen.Build(denoiser).Tableau, reference.Features, reference.Statistics, new EvaluationOptions { Metrics = metrics }, ClassNames);
        Seeds seeds = 0..images;
        return evaluation.Run(new ImageGeneratorOptions { Seeds = seeds.Values }, progress: progress, cancellation: cancellation);
    }

    /// <summary>Learns a few-step sampler for the model, which stays as it is (Watson et al. 2022).</summary>
    /// <param name="nfe">Network evaluations for each image.</param>
    /// <param name="family">Which samplers are searched; by default <see cref="Anchored"/> at iPNDM.</param>
    /// <param name="loss">What is minimised; by default the distance from a teacher.</param>
    /// <param name="reference">Feature network and reference, where loss or validation use them: with one, the held-out FID decides, else the teacher.</param>
    /// <param name="options">Steps, batch, step size, seed; the latents that are used again follow the loss.</param>
    /// <param name="progress">Told after every step and validation.</param>
    /// <param name="cancellation">Stops between two network evaluations.</param>
    /// <exception cref="InvalidInputException">Something does not fit; one line.</exception>
    public SamplerFile Tune(
        int nfe, FamilyRecipe? family = null, TuningLoss? loss = null, FeatureReference? reference = null, TunerOptions? options = null,
        IProgress<TuningProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (recipe, minimised) = (RecipeText.Checked(family ?? new Anchored()), RecipeText.Checked(loss ?? new TeacherTuning()));
        var run = (options ?? new TunerOptions()) with { Pool = minimised.Pool ?? 0 };
        var denoiser = With(realTimes: true);
        var sampler = Sampler.OfCost(recipe.Start, nfe);
        var start = sampler.Build(denoiser);
        using var learned = recipe.Create(sampler.TimeSteps!.Create(sampler.Steps, denoiser));
        var hash = WeightHash.Sha256(Path);
        var samples = new SampleCache(denoiser, hash, run.MicroBatch, Cancellation: cancellation);
        using var context = new TuningContext(samples, start.Tableau, run, reference?.Features, reference?.Statistics);
        var opened = minimised.Open(context);
        IValidationMetric validation = reference?.Statistics is { } statistics
            ? new FeatureValidation(reference.Features, statistics, kernel: false)
            : new LossValidation((minimised as TeacherTuning ?? new TeacherTuning()).OpenHeldOut(context));
        IReadOnlyList<KeyValuePair<string, string>> said = [new("loss", opened.Name), .. minimised.Said, .. minimised.SaidOfData];
        var description = LearnedSampler.Describe(Path, hash, learned, start.Metadata, said, run, realTimes: _model.Denoiser.Process is not null);
        var result = new Tuner(learned, denoiser, opened, validation, run).Run(progress: progress, cancellation: cancellation);
        return LearnedSampler.File(result, learned.Name, description, validation.Name);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _reference?.Dispose();
    }

    private IDenoiser With(bool realTimes)
    {
        var denoiser = Timed(_model.Denoiser);
        var guided = _options.Guidance is { } guidance ? guidance.Apply(denoiser, _reference is null ? null : Relabelled(_reference)) : denoiser;
        return _options.Limit?.Apply(guided) ?? guided;

        IDenoiser Relabelled(DenoiserFile weaker) => RelabelledDenoiser.Of(Timed(weaker.Denoiser), ClassesOf("the weaker model", weaker), ClassesOf("the model", _model));

        static ClassList ClassesOf(string owner, DenoiserFile file) => new(owner, file.Denoiser.LabelDim, file.ClassNames);

        IDenoiser Timed(IDenoiser model) => realTimes ? RealTimeDenoiser.Of(model) : model;
    }
}
