using DiffuSharp.Networks.Autoencoders;
using DiffuSharp.Tests.Networks.Components;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Networks.Autoencoders;

[Trait("Category", "Reference")]
public sealed class AutoencoderKLTests
{
    [Theory]
    [InlineData("vae-sd")]
    [InlineData("vae-sd3")]
    public void Encoding_and_decoding_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var reference = new ComponentReference(name);
        using var network = AutoencoderKL.Load(reference.Folder);
        var (mean, logVariance) = network.Encode(reference["image"]);
        reference.ShouldAgree(mean, "mean");
        reference.ShouldAgree(logVariance, "logvar");
        reference.ShouldAgree(network.Decode(reference["latent"]), "decoded");
    }

    [Fact]
    public void Weights_under_the_old_attention_names_give_the_same()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var reference = new ComponentReference("vae-sd", rename: Diffusers.DiffusersModelFolder.OldNames);
        using var network = AutoencoderKL.Load(reference.Folder);
        reference.ShouldAgree(network.Decode(reference["latent"]), "decoded");
    }

    [Fact]
    public void Tiles_leave_small_images_alone_and_the_corner_of_large_ones()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var reference = new ComponentReference("vae-sd");
        using var network = AutoencoderKL.Load(reference.Folder);
        network.UseTiling = true;
        reference.ShouldAgree(network.Decode(reference["latent"]), "decoded");

        // Tiles of 8 latents, 32 pixels, of which the last 8 are blended.
        var large = randn([1, 4, 13, 11], new Generator(1));
        var decoded = network.Decode(large);
        decoded.shape.ShouldBe([1, 3, 52, 44]);
        var corner = network.Decode(large.narrow(2, 0, 8).narrow(3, 0, 8));
        ComponentReference.Difference(decoded.narrow(2, 0, 24).narrow(3, 0, 24), corner.narrow(2, 0, 24).narrow(3, 0, 24)).ShouldBeLessThan(1e-6);
        var (mean, _) = network.Encode(decoded);
        mean.shape.ShouldBe([1, 4, 13, 11]);
    }

    [Fact]
    public void Tiles_of_a_map_of_single_pixels_give_the_map_of_the_whole()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 29, 17], new Generator(2));
        var tiled = new Tiling(8, 16).Run(x, tile => nn.functional.upsample_nearest2d(tile, 2) * 3);
        ComponentReference.Difference(tiled, nn.functional.upsample_nearest2d(x, 2) * 3).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData("\"act_fn\": \"silu\"", "\"act_fn\": \"mish\"", "act_fn mish, which is not supported")]
    [InlineData("\"DownEncoderBlock2D\",", "\"AttnDownEncoderBlock2D\",", "the block type 'AttnDownEncoderBlock2D' in down_block_types is not supported")]
    [InlineData("\"latent_channels\": 4", "\"latent_channels\": 5", "the weights do not fit the network: encoder.conv_out.weight is")]
    [InlineData("\"use_quant_conv\": true", "\"use_quant_conv\": false", "unexpected quant_conv.weight")]
    public void What_cannot_be_run_is_refused_in_one_line(string part, string instead, string because)
    {
        using var reference = new ComponentReference(
            "vae-sd", config: text => text.Contains(part) ? text.Replace(part, instead) : throw new InvalidOperationException(part));
        var error = Should.Throw<InvalidDataException>(() => AutoencoderKL.Load(reference.Folder));
        error.Message.ShouldStartWith(reference.Folder);
        error.Message.ShouldContain(because);
        error.Message.ShouldNotContain("\n");
    }
}
