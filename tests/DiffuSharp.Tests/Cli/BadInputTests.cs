using System.Text;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BadInputTests()
    {
        TinyModel.Save(_folder["model.safetensors"]);
        TinyModel.Save(_folder["plain.safetensors"], labelDim: 0);
        TinyModel.Save(_folder["large.safetensors"], size: 16);
        TinyModel.Save(_folder["undropped.safetensors"], labelDropout: 0);
        var model = File.ReadAllBytes(_folder["model.safetensors"]);
        _folder.Write("truncated.safetensors", model[..(model.Length / 2)]);
        _folder.Write("garbage.safetensors", [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 37))]);
        _folder.Write("empty.safetensors", []);
        using (torch.NewDisposeScope())
        {
            SafetensorsWriter.Write(_folder["weights.safetensors"], [torch.zeros([2]).ToSafetensors("w")], new Dictionary<string, string>());
        }

        _folder.Write("broken.sampler.json", Encoding.UTF8.GetBytes("{\"format\": \"diffusharp-sampler\", \"rows\": ["));
        _folder.Write("other.sampler.json", Encoding.UTF8.GetBytes("{\"name\": 1}"));
        _folder.Write("broken.zip", [.. "PK\u0003\u0004 this is no zip file"u8]);
        _folder.Write("file", [1]);
        Directory.CreateDirectory(_folder["images"]);
        _folder.Write("corrupt/a.pgm", [.. "P5\n8 8\n255\n"u8, .. new byte[64]]);
        _folder.Write("corrupt/b.pgm", [.. "P5\n8 8\n255\n"u8, .. new byte[63]]);
        _folder.Write("sizes/a.pgm", [.. "P5\n8 8\n255\n"u8, .. new byte[64]]);
        _folder.Write("sizes/b.pgm", [.. "P5\n4 8\n255\n"u8, .. new byte[32]]);
        _folder.Write("good/a.pgm", [.. "P5\n8 8\n255\n"u8, .. new byte[64]]);
        _folder.Write("odd/a.pgm", [.. "P5\n7 7\n255\n"u8, .. new byte[49]]);
        _folder.Write("images/a.png", [137, 80, 78, 71, 13, 10, 26, 10, 0, 0]);
    }

    public static TheoryData<string, string> Cases => new()
    {
        { "sample --net @missing.safetensors", "missing.safetensors: no such file" },
        { "sample --net @truncated.safetensors", "truncated.safetensors" },
        { "sample --net @garbage.safetensors", "garbage.safetensors" },
        { "sample --net @empty.safetensors", "empty.safetensors" },
        { "sample --net @weights.safetensors", "no DiffuSharp model description; name a file that 'train' wrote, or make one of them with 'diffusharp model import'" },
        { "sample --net @images", "is a folder" },
        { "sample --net @model.safetensors --sampler @broken.sampler.json", "broken.sampler.json" },
        { "sample --net @model.safetensors --sampler @other.sampler.json", "other.sampler.json" },
        { "sample --net @model.safetensors --sampler @none.sampler.json", "none.sampler.json: no such file" },
        { "sample --net @model.safetensors --sampler @broken.sampler.json --steps 5", "--steps and" },
        { "sample --net @model.safetensors --class 4", "class 4: the model has the classes 0 to 3" },
        { "sample --net @model.safetensors --class -1", "--class -1" },
        { "sample --net @plain.safetensors --class 0", "unconditional" },
        { "sample --net @plain.safetensors --guidance 2", "class-conditional" },
        { "sample --net @model.safetensors --guidance inf", "--guidance" },
        { "sample --net @undropped.safetensors --guidance 2", "never saw images without class" },
        { "sample --net @model.safetensors --gnet @model.safetensors", "--gnet: belongs to --guidance" },
        { "sample --net @model.safetensors --guidance 1 --gnet @model.safetensors", "--gnet: belongs to --guidance" },
        { "sample --net @model.safetensors --guidance-interval 0.2,5", "--guidance-interval: belongs to --guidance" },
        { "sample --net @model.safetensors --guidance 2 --guidance-interval 5,0.2", "0 < LO < HI" },
        { "evaluate --images x --clip-denoised", "--clip-denoised and --images" },
        { "evaluate --images x --steps 3", "--steps and --images" },
        { "evaluate --images x --solver ddim", "--solver and --images" },
        { "evaluate --images x --metrics fid,fid", "metrics fid,fid: 'fid' stands there twice" },
        { "sample --net @model.safetensors --guidance 2 --gnet @large.safetensors", "1x16x16" },
        { "sample --net @model.safetensors --steps 0", "--steps 0" },
        { "sample --net @model.safetensors --steps many", "--steps many" },
        { "sample --net @model.safetensors --sigma_min -1", "sigma_min is -1" },
        { "sample --net @model.safetensors --sigma_min 90", "sigma_min is 90" },
        { "sample --net @model.safetensors --sigma_max nan", "--sigma_max nan" },
        { "sample --net @model.safetensors --sigma_max inf", "sigma_max is" },
        { "sample --net @model.safetensors --rho 0", "rho is 0" },
        { "sample --net @model.safetensors --S_churn -3", "S_churn is -3" },
        { "sample --net @model.safetensors --S_min 3 --S_max 1", "S_min is 3" },
        { "sample --net @model.safetensors --solver rk4", "--solver rk4: there is no solver 'rk4'" },
        { "sampler show --nfe 10", "--nfe 10: this solver cannot use exactly 10" },
        { "sampler show --nfe 9 --steps 5", "--nfe: give --steps, --nfe or --sigmas" },
        { "sampler show --solver dpmpp-2m --eta 1", "--eta: dpmpp-2m has no such option" },
        { "sampler show --solver ddim --eta 2", "eta is 2" },
        { "sampler show --solver ddim --sigmas 3,x,0", "--sigmas: 'x' is not a number" },
        { "sampler show --solver ddim --sigmas 3,5,0", "high to low" },
        { "sampler show --solver ddim --sigmas 3,0 --rho 5", "--rho and --sigmas" },
        { "sampler show --solver ddpm --disc discrete --steps 2000", "from 1 to 1000 steps" },
        { "sample --net @model.safetensors --batch 0", "--batch 0" },
        { "sample --net @model.safetensors --seeds 5-3", "'5-3'" },
        { "sample --net @model.safetensors --seeds x", "'x'" },
        { "sample --net @model.safetensors --seeds 0-99999999", "more than" },
        { "sample --net @model.safetensors --threads 0", "--threads 0" },
        { "sample --net @model.safetensors --device tpu", "'tpu' is no device" },
        { "sample --net @model.safetensors --device cuda:77", "CUDA devices" },
        { "sample --net @model.safetensors --outdir @file", "is a file" },
        { "sample --net @model.safetensors --outdir @file/below", "file" },
        { "sample --bogus", "'--bogus'" },
        { "sample stray", "'stray'" },
        { "bogus", "'bogus'" },
        { "model info @truncated.safetensors", "truncated.safetensors" },
        { "model info @none.safetensors", "no such file" },
        { "sampler show @broken.sampler.json", "broken.sampler.json" },
        { "sampler show --sigma_max -2", "sigma_max is -2" },
        { "sampler save @file/below/x.sampler.json", "file/below" },
        { "sampler save", "Required argument 'FILE' missing" },
        { "bench --network @none", "neither a file nor a preset" },
        { "bench --mode dreaming", "--mode dreaming" },
        { "bench --repeats 1", "--repeats 1" },
        { "train", "--data is missing" },
        { "train --data @none.zip", "none.zip: no such file" },
        { "train --data @broken.zip", "broken.zip" },
        { "train --data @corrupt", "b.pgm: truncated" },
        { "train --data @sizes", "b.pgm is 4x8" },
        { "train --data @odd", "7x7" },
        { "train --data @good --cond", "has no labels" },
        { "train --data @good --heldout 1", "--heldout" },
        { "train --data @good --heldout 2 --heldout-data @corrupt", "b.pgm: truncated" },
        { "train --data @good --batch 0", "--batch 0" },
        { "train --data @good --batch many", "--batch many" },
        { "train --data @good --batch 8 --batch-gpu 3", "batch-gpu 3" },
        { "train --data @good --lr nan", "--lr nan" },
        { "train --data @good --lr -1", "lr -1" },
        { "train --data @good --lr inf", "lr" },
        { "train --data @good --label-dropout 0.1", "--label-dropout" },
        { "train --data @good --dropout 1", "dropout 1" },
        { "train --data @good --precond rk4", "rk4" },
        { "train --data @good --cres 1,x", "--cres 1,x" },
        { "train --data @good --duration x", "--duration" },
        { "train --data @good --device cuda:77", "cuda:77" },
        { "train --data @good --outdir @file", "file" },
        { "train --preset nothing", "no training preset 'nothing'" },
        { "train --resume @nothing", "no training run" },
        { "train --resume @good", "no training_options.json" },
        { "train --resume latest", "no training run to resume" },
        { "train --resume latest --preset fashion-mnist", "--resume and --preset" },
        { "dataset inspect @none.zip", "none.zip" },
        { "dataset inspect @broken.zip", "broken.zip" },
        { "dataset convert --source @broken.zip --dest @new.zip", "broken.zip" },
        { "dataset convert --source @images --dest @new.zip", "a.png" },
        { "dataset convert --source @images --dest @new.zip --resolution 64", "--resolution 64" },
        { "dataset convert --source @images", "--dest" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bad_input_gets_one_line_and_leaves_nothing_behind(string arguments, string because)
    {
        var before = Files();
        var line = arguments.Split(' ').Select(a => a.StartsWith('@') ? _folder[a[1..]] : a).ToList();
        if (line[0] is "sample" or "train" && !line.Contains("--outdir"))
        {
            line.AddRange(["--outdir", _folder["out"]]);
        }

        CommandLine.Run([.. line]).ShouldBeRefused(because);
        Files().ShouldBe(before);
    }

    [CodecsFact]
    public void Inspecting_a_data_set_with_a_corrupt_image_names_it_and_fails()
    {
        var run = CommandLine.Run("dataset", "inspect", _folder["images"]);

        run.ExitCode.ShouldBe(2);
        run.Output.ShouldContain("a.png");
        run.Output.ShouldContain("usable");
    }

    private string[] Files() =>
        [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
