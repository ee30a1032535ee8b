using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Images with the same number of particles each, in one batch: particle p of image i is member i·width + p.</summary>
public sealed class ParticleGroup
{
    private readonly SearchBlock _block;
    private readonly CandidateRunner _runner;
    private readonly int[] _images;

    internal ParticleGroup(SearchBlock block, CandidateRunner runner, int[] images, int width)
    {
        (_block, _runner, _images, Width) = (block, runner, images, width);
        Denoiser = new BatchedDenoiser(block.Problem.Denoiser, block.Problem.Batch);
    }

    /// <summary>Number of images.</summary>
    public int Count => _images.Length;

    /// <summary>Particles of each image.</summary>
    public int Width { get; }

    /// <summary>What is searched.</summary>
    public SearchProblem Problem => _block.Problem;

    /// <summary>The model; it sees batches of the chosen size.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>Looked at between two rows of a run.</summary>
    public CancellationToken Cancellation => _block.Cancellation;

    /// <summary>Size of an image.</summary>
    public ImageShape Shape => Denoiser.Shape;

    /// <summary>Seed of the i-th image.</summary>
    public long Seed(int i) => _block.Images[_images[i]].Seed;

    /// <summary>The image of the i-th place.</summary>
    public SearchedImage Image(int i) => _block.Images[_images[i]];

    /// <summary>One value for each member.</summary>
    public T[] Each<T>(Func<int, int, T> of) => Each(Width, of);

    /// <summary>One value for each member, with another number of particles.</summary>
    public T[] Each<T>(int width, Func<int, int, T> of) => [.. from i in Enumerable.Range(0, Count) from p in Enumerable.Range(0, width) select of(i, p)];

    /// <summary>The wanted class of each image; null where the model has none.</summary>
    public long[]? Classes => _runner.ClassesOf(Each(1, (i, _) => Image(i)));

    /// <summary>Labels of all members.</summary>
    public Condition? Condition(int width) => _runner.ConditionOf(Each(width, (i, _) => Image(i)));

    /// <summary>Scores of members.</summary>
    public double[] Score(Tensor images) => _runner.Scorer.Score(images, _runner.ClassesOf(Each((int)images.size(0) / Count, (i, _) => Image(i))));

    /// <summary>The member of each image with the highest score.</summary>
    public int[] BestMembers(double[] scores)
    {
        var width = scores.Length / Count;
        return Each(1, (i, _) => Enumerable.Range(i * width, width).MaxBy(member => scores[member]));
    }

    /// <summary>The outcome of each image: one finished member.</summary>
    /// <param name="sample">[members,C,H,W].</param>
    /// <param name="scores">Of the members.</param>
    /// <param name="members">The chosen member of each image.</param>
    /// <param name="nfe">Network evaluations of each image.</param>
    /// <param name="calls">Verifier calls of each image.</param>
    /// <param name="line">Addresses of a member's draws; null where there are none.</param>
    public IReadOnlyList<Outcome> Finish(Tensor sample, double[] scores, int[] members, long nfe, int calls, Func<int, ulong[]?> line)
    {
        var kept = members.Where((member, i) => _block.IsImprovement(_images[i], scores[member])).ToArray();
        var width = scores.Length / Count;
        var pixels = CandidateRunner.PixelsOf(sample, kept, [.. kept.Select(member => Seed(member / width))]);
        return [.. members.Select((member, i) => new Outcome(_images[i], scores[member], nfe, calls)
        {
            Pixels = pixels.GetValueOrDefault(member), Line = line(member),
        })];
    }
}
