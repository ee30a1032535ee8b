namespace DiffuSharp.Training.Augmentation;

/// <summary>The map (x, y) → (XX x + XY y + X, YX x + YY y + Y) of the plane; x points right and y down.</summary>
/// <param name="XX">x from x.</param>
/// <param name="XY">x from y.</param>
/// <param name="X">Shift of x.</param>
/// <param name="YX">y from x.</param>
/// <param name="YY">y from y.</param>
/// <param name="Y">Shift of y.</param>
internal readonly record struct AffineMatrix(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>The map that changes nothing.</summary>
    public static AffineMatrix Identity { get; } = Scale(1, 1);

    /// <summary>The map that first applies <paramref name="right"/>, then <paramref name="left"/>.</summary>
    public static AffineMatrix operator *(AffineMatrix left, AffineMatrix right)
    {
        var (x, y) = left.Apply(right.X, right.Y);
        return new(
            (left.XX * right.XX) + (left.XY * right.YX),
            (left.XX * right.XY) + (left.XY * right.YY),
            x,
            (left.YX * right.XX) + (left.YY * right.YX),
            (left.YX * right.XY) + (left.YY * right.YY),
            y);
    }

    /// <summary>Stretches both axes.</summary>
    public static AffineMatrix Scale(double x, double y) => new(x, 0, 0, 0, y, 0);

    /// <summary>R(angle): turns the x-axis towards the y-axis, radians.</summary>
    public static AffineMatrix Rotation(double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        return new(cos, -sin, 0, sin, cos, 0);
    }

    /// <summary>Shifts.</summary>
    public static AffineMatrix Translation(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>Where a point goes.</summary>
    public (double X, double Y) Apply(double x, double y) => ((XX * x) + (XY * y) + X, (YX * x) + (YY * y) + Y);
}
