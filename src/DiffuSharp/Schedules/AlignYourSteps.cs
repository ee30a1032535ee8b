namespace DiffuSharp.Schedules;

/// <summary>Optimised levels of published models (Sabour et al. 2024, Table 3), for other numbers of steps interpolated in ln σ as the paper says.</summary>
public static class AlignYourSteps
{
    /// <summary>The levels of a model.</summary>
    /// <param name="model">Which.</param>
    /// <param name="numSteps">N, at least 1; the table has 10.</param>
    /// <returns>σ_0 … σ_N, the last above 0.</returns>
    /// <exception cref="InvalidInputException">There is no step.</exception>
    public static NoiseLevels Create(AlignedModel model, int numSteps = 10)
    {
        if (numSteps < 1)
        {
            throw new InvalidInputException($"num_steps is {numSteps}; there must be at least 1.");
        }

        var table = Table(model);
        return new(Enumerable.Range(0, numSteps + 1).Select(i => At((double)i * (table.Length - 1) / numSteps)));

        double At(double place)
        {
            var k = Math.Min((int)place, table.Length - 2);
            return place == k ? table[k] : place == k + 1 ? table[k + 1] : table[k] * Math.Pow(table[k + 1] / table[k], place - k);
        }
    }

    private static double[] Table(AlignedModel model) => model switch
    {
        AlignedModel.StableDiffusion15 => [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029],
        AlignedModel.StableDiffusionXL => [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029],
        AlignedModel.DeepFloyd => [160.41, 8.081, 3.315, 1.885, 1.207, 0.785, 0.553, 0.293, 0.186, 0.030, 0.006],
        _ => [700.00, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002],
    };
}

/// <summary>A model whose levels were optimised.</summary>
public enum AlignedModel
{
    /// <summary>Stable Diffusion 1.5.</summary>
    StableDiffusion15,

    /// <summary>SDXL.</summary>
    StableDiffusionXL,

    /// <summary>DeepFloyd-IF, first stage.</summary>
    DeepFloyd,

    /// <summary>Stable Video Diffusion.</summary>
    StableVideoDiffusion,
}
