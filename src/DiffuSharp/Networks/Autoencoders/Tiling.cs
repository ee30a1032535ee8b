using DiffuSharp.Torch;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>
/// A map of images applied to overlapping tiles whose results are blended linearly. Normalisations see one tile at a time, so the result differs a little from
/// that of the whole; memory is that of a tile.
/// </summary>
/// <param name="Tile">Side of a tile of the input.</param>
/// <param name="ResultTile">Side of its result.</param>
internal sealed record Tiling(int Tile, int ResultTile)
{
    private const double Overlap = 0.25;

    /// <summary>Whether an input is larger than a tile.</summary>
    public bool Divides(Tensor x) => x.size(2) > Tile || x.size(3) > Tile;

    /// <summary>[N,C,H,W] → the blended results.</summary>
    public Tensor Run(Tensor x, Func<Tensor, Tensor> map)
    {
        using var scope = torch.NewDisposeScope();
        var extent = (int)(ResultTile * Overlap);
        var rows = new List<Tensor>();
        List<Tensor> above = [];
        foreach (var top in Starts(x.size(2)))
        {
            var tiles = new List<Tensor>();
            foreach (var left in Starts(x.size(3)))
            {
                using var inner = torch.NewDisposeScope();
                var tile = map(x.narrow(2, top, Math.Min(Tile, x.size(2) - top)).narrow(3, left, Math.Min(Tile, x.size(3) - left)));
                tile = above.Count > 0 ? Blend(above[tiles.Count], tile, extent, 2) : tile;
                tile = tiles.Count > 0 ? Blend(tiles[^1], tile, extent, 3) : tile;
                tiles.Add(tile.MoveToOuterDisposeScope());
            }

            rows.Add(torch.cat([.. tiles.Select(tile => Crop(tile, ResultTile - extent))], 3));
            above.ForEach(tile => tile.Dispose());
            above = tiles;
        }

        return torch.cat([.. rows], 2).MoveToOuterDisposeScope();
    }

    private static Tensor Crop(Tensor tile, long side) =>
        tile.narrow(2, 0, Math.Min(side, tile.size(2))).narrow(3, 0, Math.Min(side, tile.size(3)));

    // The last rows (or columns) of the tile before fade into the first ones of this tile.
    private static Tensor Blend(Tensor before, Tensor tile, int extent, int dim)
    {
        var e = Math.Min(extent, Math.Min(before.size(dim), tile.size(dim)));
        if (e == 0)
        {
            return tile;
        }

        var weight = (torch.arange(0, e, ScalarType.Float32) / e).to(tile.device, tile.dtype).reshape(dim == 2 ? [1, 1, e, 1] : [1, 1, 1, e]);
        var mixed = (before.narrow(dim, before.size(dim) - e, e) * (1 - weight)) + (tile.narrow(dim, 0, e) * weight);
        return torch.cat([mixed, tile.narrow(dim, e, tile.size(dim) - e)], dim);
    }

    private IEnumerable<long> Starts(long size)
    {
        var stride = Math.Max(1, (int)(Tile * (1 - Overlap)));
        for (long start = 0; start < size; start += stride)
        {
            yield return start;
        }
    }
}
