using DiffuSharp.Torch;

namespace DiffuSharp.Training.Augmentation;

/// <summary>
/// What is done to one image; the default value does nothing. EDM (Karras et al. 2022), appendix F.2: each transform has its own
/// coin, and the label of a transform that was not applied is 0.
/// </summary>
internal readonly record struct AugmentationParameters
{
    /// <summary>Length of a label.</summary>
    public const int LabelDim = 9;

    // Standard deviations of the logarithmic scales (base 2) and of the translation (parts of the image's size).
    private const double LogScale = 0.2;
    private const double Shift = 0.125;

    /// <summary>Whether the image is mirrored left to right.</summary>
    public bool FlipX { get; init; }

    /// <summary>Whether the image is mirrored top to bottom.</summary>
    public bool FlipY { get; init; }

    /// <summary>w of the isotropic scale 2^(0.2 w).</summary>
    public double Scale { get; init; }

    /// <summary>Angle w in radians; the picture turns by −w, counter-clockwise for w &gt; 0.</summary>
    public double Rotation { get; init; }

    /// <summary>w of the scales (2^(0.2 w), 2^(−0.2 w)) along the axes at the angle <see cref="AnisotropyAngle"/>.</summary>
    public double Anisotropy { get; init; }

    /// <summary>Angle r in radians of the anisotropic scale.</summary>
    public double AnisotropyAngle { get; init; }

    /// <summary>w0 of the shift to the right by 0.125 W w0 pixels.</summary>
    public double TranslationX { get; init; }

    /// <summary>w1 of the shift down by 0.125 H w1 pixels.</summary>
    public double TranslationY { get; init; }

    /// <summary>Whether more than flips is asked for.</summary>
    public bool IsGeometric => Scale != 0 || Rotation != 0 || Anisotropy != 0 || TranslationX != 0 || TranslationY != 0;

    /// <summary>Draws for n images, transform by transform; the number of draws does not depend on the probability.</summary>
    /// <param name="n">Number of images.</param>
    /// <param name="probability">Probability of each transform but the x-flip, whose coin always lands.</param>
    /// <param name="generator">CPU generator.</param>
    public static AugmentationParameters[] Draw(int n, double probability, Generator generator)
    {
        using var scope = torch.NewDisposeScope();
        var flipX = Uniform();
        var flipY = Uniform();
        var flipYCoin = Uniform();
        var scale = Normal();
        var scaleCoin = Uniform();
        var rotation = Uniform();
        var rotationCoin = Uniform();
        var anisotropy = Normal();
        var anisotropyCoin = Uniform();
        var angle = Uniform();
        var angleCoin = Uniform();
        var x = Normal();
        var y = Normal();
        var translationCoin = Uniform();

        var all = new AugmentationParameters[n];
        for (var i = 0; i < n; i++)
        {
            var isAnisotropic = anisotropyCoin[i] < probability;
            var isTranslated = translationCoin[i] < probability;
            all[i] = new()
            {
                FlipX = flipX[i] < 0.5,
                FlipY = flipYCoin[i] < probability && flipY[i] < 0.5,
                Scale = scaleCoin[i] < probability ? scale[i] : 0,
                Rotation = rotationCoin[i] < probability ? Angle(rotation[i]) : 0,
                Anisotropy = isAnisotropic ? anisotropy[i] : 0,
                AnisotropyAngle = isAnisotropic && angleCoin[i] < 0.5 ? Angle(angle[i]) : 0,
                TranslationX = isTranslated ? x[i] : 0,
                TranslationY = isTranslated ? y[i] : 0,
            };
        }

        return all;

        double[] Uniform() => torch.rand([n], generator, ScalarType.Float64).ToArray<double>();
        double[] Normal() => torch.randn([n], generator, ScalarType.Float64).ToArray<double>();
        static double Angle(double unit) => Math.PI * ((2 * unit) - 1);
    }

    /// <summary>Writes the label that the network is told.</summary>
    /// <param name="label"><see cref="LabelDim"/> numbers.</param>
    public void WriteLabel(Span<float> label)
    {
        label[0] = FlipX ? 1 : 0;
        label[1] = FlipY ? 1 : 0;
        label[2] = (float)Scale;
        label[3] = (float)(Math.Cos(Rotation) - 1);
        label[4] = (float)Math.Sin(Rotation);
        label[5] = (float)(Anisotropy * Math.Cos(AnisotropyAngle));
        label[6] = (float)(Anisotropy * Math.Sin(AnisotropyAngle));
        label[7] = (float)TranslationX;
        label[8] = (float)TranslationY;
    }

    /// <summary>
    /// From a point of the result to the point of the picture shown there, in pixels about the centre:
    /// scale⁻¹ · R(w) · anisotropy⁻¹ · translation⁻¹.
    /// </summary>
    public AffineMatrix InverseMatrix(long width, long height)
    {
        var scale = Math.Pow(2, LogScale * Scale);
        var anisotropy = Math.Pow(2, LogScale * Anisotropy);
        return AffineMatrix.Scale(1 / scale, 1 / scale)
            * AffineMatrix.Rotation(Rotation)
            * AffineMatrix.Rotation(-AnisotropyAngle)
            * AffineMatrix.Scale(1 / anisotropy, anisotropy)
            * AffineMatrix.Rotation(AnisotropyAngle)
            * AffineMatrix.Translation(-Shift * width * TranslationX, -Shift * height * TranslationY);
    }
}
