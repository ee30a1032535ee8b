using DiffuSharp.Data;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>
/// Inference-time search (Ma et al. 2025): spends network evaluations on many candidates for each image and keeps the one that a verifier likes
/// best. Blocks of images are searched one after the other, the candidates of a block in full batches.
/// </summary>
public sealed class Searcher
{
    private const int PreparedImages = 256;

    private readonly SearchProblem _problem;
    private readonly SearchAlgorithm _algorithm;
    private readonly Scorer _scorer;
    private readonly CandidateRunner _runner;
    private readonly SearchRecord _record;
    private double _plainSeconds;

    /// <summary>Checks the problem.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="algorithm">How.</param>
    /// <param name="journal">Units of an earlier process to go on from, and where to keep new ones; null for none.</param>
    /// <param name="clock">What measures seconds; the system's by default.</param>
    /// <exception cref="InvalidInputException">The options contradict each other or are out of range.</exception>
    public Searcher(SearchProblem problem, SearchAlgorithm algorithm, ISearchJournal? journal = null, TimeProvider? clock = null)
    {
        problem.Validate();
        algorithm.Validate(problem);
        if (problem.FinalSampler is not null && !algorithm.FindsNoise)
        {
            throw new InvalidInputException(
                $"{algorithm.Name}: finds an image, not a noise that another sampler could finish; leave the final sampler out");
        }

        if (problem.Seeds.Count < 2 && new[] { problem.Verifier, problem.HeldOut }.FirstOrDefault(v => v?.NeedsPlainSamples == true) is { } relative)
        {
            throw new InvalidInputException($"verifier {relative.Name}: judges relative to plain samples; search more than one image");
        }

        if (problem.HeldOut?.ObservedSigma is not null)
        {
            throw new InvalidInputException($"held-out verifier {problem.HeldOut.Name}: looks at trajectories; use one that looks at images");
        }

        (_problem, _algorithm) = (problem, algorithm);
        _scorer = new Scorer(problem.Verifier);
        _runner = new CandidateRunner(problem, _scorer);
        _record = new SearchRecord(problem.Denoiser, _scorer, journal, clock ?? TimeProvider.System);
    }

    /// <summary>Searches.</summary>
    /// <param name="progress">Told after every unit.</param>
    /// <param name="cancellation">Stops between two rows; with a journal, what was done is kept.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="InvalidInputException">The budget does not suffice for one candidate.</exception>
    public SearchResult Run(IProgress<SearchProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        var images = CreateImages();
        SearchCost search = default, final = default, plain = default;
        RenderPlain(images, ref plain, cancellation);
        _plainSeconds = _record.Seconds;
        var left = images.Length;
        var milestones = _problem.Milestones.ToDictionary(nfe => nfe, _ => new List<FinalImage?>());
        foreach (var members in images.Chunk(_problem.Block))
        {
            var until = Deadline(members.Length, left);
            var block = new SearchBlock(
                _problem, members, _algorithm.PoolsBudget, _record, until, _runner, () => progress?.Report(ProgressOf(images)), cancellation);
            left -= members.Length;
            _algorithm.Run(block);
            search += block.Cost;
            if (members.FirstOrDefault(image => image.Improvements.Count == 0) is { } without)
            {
                throw new InvalidInputException($"budget: does not suffice for one candidate of {_algorithm.Name} (seed {without.Seed})");
            }

            FinishBlock(members, milestones, ref final, cancellation);
            _problem.Verifier.Accept(BatchOf(members, image => image.Final.Image));
        }

        var reached = milestones.Where(m => !m.Value.Contains(null)).OrderBy(m => m.Key).Select(m => new SearchMilestone(m.Key, [.. m.Value!])).ToArray();
        var heldOut = ScoreHeldOut(images, reached);
        return new SearchResult(images, reached, new SearchLedger(search, final, plain, heldOut, _problem.FinalSampler is null));
    }

    // When a block must end so that those after it have as much time for each image.
    private double Deadline(int images, int left) => _problem.Budget.Seconds is { } seconds
        ? _record.Seconds + ((seconds - (_record.Seconds - _plainSeconds)) * images / left)
        : double.PositiveInfinity;

    private SearchedImage[] CreateImages()
    {
        var labels = _problem.Denoiser.LabelDim;
        var drawn = labels > 0 && _problem.Class is null;
        long[]? classes = null;
        if (drawn)
        {
            using var scope = torch.NewDisposeScope();
            using var noise = new SeededNoise(_problem.Seeds, _problem.Denoiser.Shape);
            _ = noise.Next();
            classes = noise.NextClasses(labels);
        }

        return [.. _problem.Seeds.Select((seed, i) => new SearchedImage(
            seed, classes?[i] ?? (labels > 0 ? _problem.Class : null), new SeedNoise(seed, drawn ? labels : 0)))];
    }

    // The image of each seed's own noise, without a search; they come before all others because some verifiers judge relative to them.
    private void RenderPlain(SearchedImage[] images, ref SearchCost cost, CancellationToken cancellation)
    {
        var later = _problem.Verifier.NeedsPlainSamples;
        Render(images, [.. images.Select(image => image.Own)], ref cost, (image, made) => images[image].Plain = made, cancellation, score: !later);
        _problem.Verifier.Prepare(BatchOf([.. images.Take(PreparedImages)], image => image.Plain.Image));
        foreach (var chunk in later ? images.Chunk(_problem.Batch) : [])
        {
            foreach (var outcome in _record.Next(() => ScorePlain(chunk), ref cost).Outcomes)
            {
                chunk[outcome.Image].Plain = chunk[outcome.Image].Plain with { Score = outcome.Score };
            }
        }
    }

    private IReadOnlyList<Outcome> ScorePlain(SearchedImage[] chunk) =>
        [.. ScoresOf(_scorer, chunk, image => image.Plain.Image).Select((score, i) => new Outcome(i, score, Nfe: 0, Calls: 1))];

    // Images of given noises with the final sampler, whether they are improvements or not.
    private void Render(
        IReadOnlyList<SearchedImage> images, IReadOnlyList<CandidateNoise> noises, ref SearchCost cost,
        Action<int, FinalImage> made, CancellationToken cancellation, bool score = true)
    {
        var sampler = _problem.FinalSampler ?? _problem.Sampler;
        foreach (var chunk in noises.Select((noise, i) => new Candidate(i, noise)).Chunk(_problem.Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            var unit = _record.Next(() => _runner.Run(chunk, images, sampler, (_, _) => true, cancellation, score), ref cost);
            foreach (var outcome in unit.Outcomes)
            {
                made(outcome.Image, new FinalImage(new Image(_problem.Denoiser.Shape, outcome.Pixels!), outcome.Score));
            }
        }
    }

    private void FinishBlock(
        SearchedImage[] members, Dictionary<long, List<FinalImage?>> milestones, ref SearchCost cost, CancellationToken cancellation)
    {
        var wanted = new List<(SearchedImage Image, Improvement Winner)>();
        foreach (var image in members)
        {
            var winners = _problem.Milestones.Select(nfe => image.BestWithin(nfe - _problem.FinalNfe)).Append(image.Improvements[^1]);
            wanted.AddRange(winners.OfType<Improvement>().Distinct().Select(winner => (image, winner)));
        }

        var finished = new Dictionary<Improvement, FinalImage>(ReferenceEqualityComparer.Instance);
        if (_problem.FinalSampler is null)
        {
            foreach (var (_, winner) in wanted)
            {
                finished[winner] = new FinalImage(winner.Image, winner.Score);
            }
        }
        else
        {
            Render([.. wanted.Select(w => w.Image)], [.. wanted.Select(w => w.Winner.Noise!)], ref cost,
                (i, made) => finished[wanted[i].Winner] = made, cancellation);
        }

        foreach (var image in members)
        {
            image.Final = finished[image.Improvements[^1]];
            foreach (var (nfe, list) in milestones)
            {
                list.Add(image.BestWithin(nfe - _problem.FinalNfe) is { } winner ? finished[winner] : null);
            }
        }
    }

    private SearchCost ScoreHeldOut(SearchedImage[] images, SearchMilestone[] milestones)
    {
        if (_problem.HeldOut is not { } verifier)
        {
            return default;
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var scorer = new Scorer(verifier);
        verifier.Prepare(BatchOf([.. images.Take(PreparedImages)], image => image.Plain.Image));
        var plain = Scored(image => image.Plain);
        var final = Scored(image => image.Final);
        for (var i = 0; i < images.Length; i++)
        {
            images[i].Plain = plain[i];
            images[i].Final = final[i];
        }

        for (var m = 0; m < milestones.Length; m++)
        {
            var at = milestones[m].Images.Zip(images).ToDictionary(pair => pair.Second, pair => pair.First);
            milestones[m] = milestones[m] with { Images = Scored(image => at[image]) };
        }

        var calls = images.Length * (2L + milestones.Length);
        return new SearchCost(0, 0, calls, watch.Elapsed.TotalSeconds, scorer.Seconds);

        FinalImage[] Scored(Func<SearchedImage, FinalImage> of) =>
        [
            .. images.Chunk(_problem.Batch).SelectMany(chunk =>
                ScoresOf(scorer, chunk, image => of(image).Image).Zip(chunk, (score, image) => of(image) with { HeldOut = score })),
        ];
    }

    private double[] ScoresOf(Scorer scorer, SearchedImage[] images, Func<SearchedImage, Image> of)
    {
        using var scope = torch.NewDisposeScope();
        var batch = BatchOf(images, of);
        return scorer.Score(batch.Images, batch.Classes);
    }

    private VerifierBatch BatchOf(SearchedImage[] images, Func<SearchedImage, Image> of)
    {
        var shape = _problem.Denoiser.Shape;
        var values = new float[images.Length * shape.Count];
        for (var i = 0; i < images.Length; i++)
        {
            PixelRange.ToFloat(of(images[i]).Pixels, values.AsSpan(i * shape.Count, shape.Count));
        }

        var tensor = torch.tensor(values, [images.Length, shape.Channels, shape.Height, shape.Width], device: _problem.Denoiser.Device);
        return new VerifierBatch(tensor, _runner.ClassesOf(images));
    }

    private SearchProgress ProgressOf(SearchedImage[] images)
    {
        var budget = _problem.Budget;
        var spent = images.Average(image => (double)image.Nfe) + _problem.FinalNfe;
        double[] parts =
        [
            budget.Nfe is { } nfe ? spent / nfe : 0,
            budget.VerifierCalls is { } calls ? images.Average(image => (double)image.VerifierCalls) / calls : 0,
            budget.Seconds is { } seconds ? (_record.Seconds - _plainSeconds) / seconds : 0,
        ];
        return new SearchProgress(
            Math.Min(1, parts.Max()), images.Where(i => i.Improvements.Count > 0).Select(i => i.Best).DefaultIfEmpty().Average(), budget.Nfe - spent);
    }
}
