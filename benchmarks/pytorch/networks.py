"""The peer: DDPM++/NCSN++ and ADM with the four preconditionings in plain eager PyTorch.

Nothing here is tuned. Default layout, depthwise filters for resampling, separate group norm and SiLU, float32
attention by einsum: what a published implementation runs, so that a timing against it means something.
Parameter names are the published ones, so weights can be exchanged by name.
"""

import math

import torch
from torch import nn
from torch.nn.functional import conv2d, conv_transpose2d, dropout, group_norm, linear, silu


def low_pass(taps):
    """Two-dimensional filter [1, 1, n, n] of sum 1 from its one-dimensional taps."""
    taps = torch.as_tensor(taps, dtype=torch.float32)
    return torch.outer(taps, taps)[None, None] / taps.sum() ** 2


class Linear(nn.Module):
    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x):
        return linear(x, self.weight, self.bias)


class Conv2d(nn.Module):
    """'Same' convolution (none when kernel is 0), optionally after 2x up- or downsampling with a low-pass filter.

    fused: convolve first and downsample after, without padding in between (the residual encoder's order).
    """

    def __init__(self, inputs, outputs, kernel, resample=None, taps=(1, 1), fused=False):
        super().__init__()
        self.kernel, self.resample, self.fused = kernel, resample, fused
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel)) if kernel else None
        self.bias = nn.Parameter(torch.zeros(outputs)) if kernel else None
        if resample:
            self.register_buffer("resample_filter", low_pass(taps))

    def forward(self, x):
        pad = (self.resample_filter.shape[-1] - 1) // 2 if self.resample else 0
        if self.fused:
            x = conv2d(x, self.weight, padding=self.kernel // 2 + pad)
            x = self.filtered(x, 0)
            return x + self.bias[:, None, None]
        if self.resample:
            x = self.filtered(x, pad)
        return conv2d(x, self.weight, self.bias, padding=self.kernel // 2) if self.kernel else x

    def filtered(self, x, pad):
        channels = x.shape[1]
        f = self.resample_filter.expand(channels, -1, -1, -1)
        if self.resample == "up":
            return conv_transpose2d(x, f * 4, groups=channels, stride=2, padding=pad)
        return conv2d(x, f, groups=channels, stride=2, padding=pad)


class GroupNorm(nn.Module):
    def __init__(self, channels, eps):
        super().__init__()
        self.groups, self.eps = min(32, channels // 4), eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return group_norm(x, self.groups, self.weight, self.bias, self.eps)


def attention(qkv, heads):
    """Self-attention over all pixels; channel (head, c, {q, k, v}) of qkv, softmax in float32."""
    n, channels, height, width = qkv.shape
    q, k, v = qkv.reshape(n * heads, channels // (3 * heads), 3, height * width).unbind(2)
    scores = torch.einsum("ncq,nck->nqk", q.float(), k.float() / math.sqrt(k.shape[1]))
    weights = scores.softmax(dim=2).to(qkv.dtype)
    return torch.einsum("nqk,nck->ncq", weights, v).reshape(n, channels // 3, height, width)


class UNetBlock(nn.Module):
    """Residual block with embedding, optional 2x resampling and optional attention."""

    def __init__(self, inputs, outputs, emb, family, resample=None, attend=False):
        super().__init__()
        f = self.family = family
        self.heads = (1 if f.heads_width is None else outputs // f.heads_width) if attend else 0
        self.norm0 = GroupNorm(inputs, f.eps)
        self.conv0 = Conv2d(inputs, outputs, 3, resample, f.taps)
        self.affine = Linear(emb, outputs * (2 if f.adaptive else 1))
        self.norm1 = GroupNorm(outputs, f.eps)
        self.conv1 = Conv2d(outputs, outputs, 3)
        self.skip = None
        if inputs != outputs or resample:
            weights = inputs != outputs or f.resample_skip_weights
            self.skip = Conv2d(inputs, outputs, 1 if weights else 0, resample, f.taps)
        if attend:
            self.norm2 = GroupNorm(outputs, f.eps)
            self.qkv = Conv2d(outputs, 3 * outputs, 1)
            self.proj = Conv2d(outputs, outputs, 1)

    def forward(self, x, emb):
        f = self.family
        h = self.conv0(silu(self.norm0(x)))
        p = self.affine(emb)[:, :, None, None]
        if f.adaptive:
            scale, shift = p.chunk(2, dim=1)
            h = silu(shift + self.norm1(h) * (scale + 1))
        else:
            h = silu(self.norm1(h + p))
        h = self.conv1(dropout(h, f.dropout, self.training))
        h = (h + (x if self.skip is None else self.skip(x))) * f.residual_scale
        if self.heads:
            a = self.proj(attention(self.qkv(self.norm2(h)), self.heads))
            h = (a + h) * f.residual_scale
        return h


class BlockFamily:
    """What the blocks of one network have in common."""

    def __init__(self, adaptive, eps, residual_scale, heads_width, resample_skip_weights, taps, dropout):
        self.adaptive, self.eps, self.residual_scale = adaptive, eps, residual_scale
        self.heads_width, self.resample_skip_weights = heads_width, resample_skip_weights
        self.taps, self.dropout = taps, dropout


def sinusoid(c_noise, channels, endpoint):
    """[cos, sin] features at `channels`/2 frequencies from 1 down to 1e-4 (reached only with endpoint)."""
    half = channels // 2
    exponent = torch.arange(half, dtype=torch.float32, device=c_noise.device) / (half - (1 if endpoint else 0))
    angles = torch.outer(c_noise, 10000.0 ** -exponent)
    return torch.cat([angles.cos(), angles.sin()], dim=1)


class FourierEmbedding(nn.Module):
    def __init__(self, channels, scale=16):
        super().__init__()
        self.register_buffer("freqs", torch.randn(channels // 2) * scale)

    def forward(self, c_noise):
        angles = torch.outer(c_noise, 2 * math.pi * self.freqs)
        return torch.cat([angles.cos(), angles.sin()], dim=1)


class SongUNet(nn.Module):
    """DDPM++ (positional embedding, standard encoder) and NCSN++ (fourier, residual or skip encoder)."""

    def __init__(self, img_resolution, in_channels, out_channels, label_dim=0, augment_dim=0, model_channels=128,
                 channel_mult=(1, 2, 2, 2), channel_mult_emb=4, num_blocks=4, attn_resolutions=(16,), dropout=0.1,
                 label_dropout=0.0, embedding_type="positional", channel_mult_noise=1, encoder_type="standard",
                 decoder_type="standard", resample_filter=(1, 1)):
        super().__init__()
        self.label_dropout, self.encoder_type, self.decoder_type = label_dropout, encoder_type, decoder_type
        self.noise_channels = noise_channels = model_channels * channel_mult_noise
        emb = model_channels * channel_mult_emb
        taps = tuple(resample_filter)
        family = BlockFamily(adaptive=False, eps=1e-6, residual_scale=math.sqrt(0.5), heads_width=None,
                             resample_skip_weights=True, taps=taps, dropout=dropout)

        self.map_noise = FourierEmbedding(noise_channels) if embedding_type == "fourier" else None
        self.map_label = Linear(label_dim, noise_channels) if label_dim else None
        self.map_augment = Linear(augment_dim, noise_channels, bias=False) if augment_dim else None
        self.map_layer0 = Linear(noise_channels, emb)
        self.map_layer1 = Linear(emb, emb)

        self.enc = nn.ModuleDict()
        channels, aux_channels, skips = model_channels, in_channels, []
        resolutions = [img_resolution >> level for level in range(len(channel_mult))]
        for level, (res, mult) in enumerate(zip(resolutions, channel_mult)):
            name = f"{res}x{res}"
            if level == 0:
                self.enc[f"{name}_conv"] = Conv2d(in_channels, channels, 3)
            else:
                self.enc[f"{name}_down"] = UNetBlock(channels, channels, emb, family, "down")
                if encoder_type == "skip":
                    self.enc[f"{name}_aux_down"] = Conv2d(aux_channels, aux_channels, 0, "down", taps)
                    self.enc[f"{name}_aux_skip"] = Conv2d(aux_channels, channels, 1)
                if encoder_type == "residual":
                    self.enc[f"{name}_aux_residual"] = Conv2d(aux_channels, channels, 3, "down", taps, fused=True)
                    aux_channels = channels
            skips.append(channels)
            for i in range(num_blocks):
                inputs, channels = channels, model_channels * mult
                self.enc[f"{name}_block{i}"] = UNetBlock(inputs, channels, emb, family,
                                                         attend=res in attn_resolutions)
                skips.append(channels)

        self.dec = nn.ModuleDict()
        bottom = len(channel_mult) - 1
        for level in range(bottom, -1, -1):
            res = resolutions[level]
            name = f"{res}x{res}"
            if level == bottom:
                self.dec[f"{name}_in0"] = UNetBlock(channels, channels, emb, family, attend=True)
                self.dec[f"{name}_in1"] = UNetBlock(channels, channels, emb, family)
            else:
                self.dec[f"{name}_up"] = UNetBlock(channels, channels, emb, family, "up")
            for i in range(num_blocks + 1):
                inputs, channels = channels + skips.pop(), model_channels * channel_mult[level]
                self.dec[f"{name}_block{i}"] = UNetBlock(inputs, channels, emb, family,
                                                         attend=i == num_blocks and res in attn_resolutions)
            if decoder_type == "skip" or level == 0:
                if decoder_type == "skip" and level < bottom:
                    self.dec[f"{name}_aux_up"] = Conv2d(out_channels, out_channels, 0, "up", taps)
                self.dec[f"{name}_aux_norm"] = GroupNorm(channels, 1e-6)
                self.dec[f"{name}_aux_conv"] = Conv2d(channels, out_channels, 3)
        initialise_song(self)

    def embed(self, c_noise, class_labels, augment_labels):
        if self.map_noise is None:
            emb = sinusoid(c_noise, self.noise_channels, endpoint=True)
        else:
            emb = self.map_noise(c_noise)
        emb = emb.roll(self.noise_channels // 2, dims=1)  # [cos, sin] to [sin, cos]
        if self.map_label is not None:
            labels = drop_labels(class_labels, self.label_dropout) if self.training else class_labels
            emb = emb + self.map_label(labels * math.sqrt(labels.shape[1]))
        if self.map_augment is not None and augment_labels is not None:
            emb = emb + self.map_augment(augment_labels)
        return silu(self.map_layer1(silu(self.map_layer0(emb))))

    def forward(self, x, c_noise, class_labels=None, augment_labels=None):
        emb = self.embed(c_noise, class_labels, augment_labels)
        skips, aux = [], x
        for name, layer in self.enc.items():
            if name.endswith("aux_down"):
                aux = layer(aux)
            elif name.endswith("aux_skip"):
                x = skips[-1] = x + layer(aux)
            elif name.endswith("aux_residual"):
                x = skips[-1] = aux = (x + layer(aux)) / math.sqrt(2)
            else:
                x = layer(x, emb) if isinstance(layer, UNetBlock) else layer(x)
                skips.append(x)

        image, head = None, None
        for name, layer in self.dec.items():
            if name.endswith("aux_up"):
                image = layer(image)
            elif name.endswith("aux_norm"):
                head = silu(layer(x))
            elif name.endswith("aux_conv"):
                head = layer(head)
                image = head if image is None else image + head
            else:
                if x.shape[1] != layer.conv0.weight.shape[1]:
                    x = torch.cat([x, skips.pop()], dim=1)
                x = layer(x, emb)
        return image


class DhariwalUNet(nn.Module):
    """ADM."""

    def __init__(self, img_resolution, in_channels, out_channels, label_dim=0, augment_dim=0, model_channels=192,
                 channel_mult=(1, 2, 3, 4), channel_mult_emb=4, num_blocks=3, attn_resolutions=(32, 16, 8),
                 dropout=0.10, label_dropout=0.0):
        super().__init__()
        self.label_dropout, self.noise_channels = label_dropout, model_channels
        emb = model_channels * channel_mult_emb
        family = BlockFamily(adaptive=True, eps=1e-5, residual_scale=1.0, heads_width=64,
                             resample_skip_weights=False, taps=(1, 1), dropout=dropout)

        self.map_augment = Linear(augment_dim, model_channels, bias=False) if augment_dim else None
        self.map_layer0 = Linear(model_channels, emb)
        self.map_layer1 = Linear(emb, emb)
        self.map_label = Linear(label_dim, emb, bias=False) if label_dim else None

        self.enc = nn.ModuleDict()
        resolutions = [img_resolution >> level for level in range(len(channel_mult))]
        channels, skips = model_channels * channel_mult[0], []
        for level, (res, mult) in enumerate(zip(resolutions, channel_mult)):
            name = f"{res}x{res}"
            if level == 0:
                self.enc[f"{name}_conv"] = Conv2d(in_channels, channels, 3)
            else:
                self.enc[f"{name}_down"] = UNetBlock(channels, channels, emb, family, "down")
            skips.append(channels)
            for i in range(num_blocks):
                inputs, channels = channels, model_channels * mult
                self.enc[f"{name}_block{i}"] = UNetBlock(inputs, channels, emb, family,
                                                         attend=res in attn_resolutions)
                skips.append(channels)

        self.dec = nn.ModuleDict()
        bottom = len(channel_mult) - 1
        for level in range(bottom, -1, -1):
            res = resolutions[level]
            name = f"{res}x{res}"
            if level == bottom:
                self.dec[f"{name}_in0"] = UNetBlock(channels, channels, emb, family, attend=True)
                self.dec[f"{name}_in1"] = UNetBlock(channels, channels, emb, family)
            else:
                self.dec[f"{name}_up"] = UNetBlock(channels, channels, emb, family, "up")
            for i in range(num_blocks + 1):
                inputs, channels = channels + skips.pop(), model_channels * channel_mult[level]
                self.dec[f"{name}_block{i}"] = UNetBlock(inputs, channels, emb, family,
                                                         attend=res in attn_resolutions)
        self.out_norm = GroupNorm(channels, 1e-5)
        self.out_conv = Conv2d(channels, out_channels, 3)
        initialise_adm(self)

    def forward(self, x, c_noise, class_labels=None, augment_labels=None):
        emb = sinusoid(c_noise, self.noise_channels, endpoint=False)
        if self.map_augment is not None and augment_labels is not None:
            emb = emb + self.map_augment(augment_labels)
        emb = self.map_layer1(silu(self.map_layer0(emb)))
        if self.map_label is not None:
            labels = drop_labels(class_labels, self.label_dropout) if self.training else class_labels
            emb = emb + self.map_label(labels)
        emb = silu(emb)

        skips = []
        for layer in self.enc.values():
            x = layer(x, emb) if isinstance(layer, UNetBlock) else layer(x)
            skips.append(x)
        for layer in self.dec.values():
            if x.shape[1] != layer.conv0.weight.shape[1]:
                x = torch.cat([x, skips.pop()], dim=1)
            x = layer(x, emb)
        return self.out_conv(silu(self.out_norm(x)))


def drop_labels(labels, probability):
    """All-zero (unconditional) label for a random part of the images."""
    if not probability:
        return labels
    return labels * (torch.rand(labels.shape[0], 1, device=labels.device) >= probability).to(labels.dtype)


def fans(weight):
    area = weight[0, 0].numel() if weight.dim() == 4 else 1
    return weight.shape[1] * area, weight.shape[0] * area


@torch.no_grad()
def initialise_song(network):
    """Xavier uniform with zero biases; conv1 and output x 1e-5, qkv x sqrt(0.2)."""
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)) and layer.weight is not None:
            gain = 1e-5 if name.endswith(("conv1", "aux_conv")) else math.sqrt(0.2) if name.endswith("qkv") else 1.0
            bound = gain * math.sqrt(6 / sum(fans(layer.weight)))
            layer.weight.uniform_(-bound, bound)


@torch.no_grad()
def initialise_adm(network):
    """Kaiming uniform x sqrt(1/3), biases too; conv1, proj, map_augment and out_conv zero; map_label unit normal."""
    for name, layer in network.named_modules():
        if not isinstance(layer, (Linear, Conv2d)) or layer.weight is None:
            continue
        inputs = fans(layer.weight)[0]
        bound = math.sqrt(1 / 3) * math.sqrt(3 / inputs)
        if name.endswith(("conv1", "proj", "map_augment", "out_conv")):
            layer.weight.zero_()
        elif name.endswith("map_label"):
            layer.weight.normal_()
        else:
            layer.weight.uniform_(-bound, bound)
            if layer.bias is not None:
                layer.bias.uniform_(-bound, bound)


NETWORKS = {"SongUNet": SongUNet, "DhariwalUNet": DhariwalUNet}


class Preconditioned(nn.Module):
    """D(x; sigma) = c_skip x + c_out F(c_in x, c_noise): EDM, Table 1. Subclasses give the four coefficients."""

    output_factor = 1

    def __init__(self, img_resolution, img_channels, label_dim=0, model_type="SongUNet", **options):
        super().__init__()
        self.img_channels, self.label_dim = img_channels, label_dim
        self.model = NETWORKS[model_type](img_resolution, img_channels, img_channels * self.output_factor,
                                          label_dim=label_dim, **options)

    def forward(self, x, sigma, class_labels=None, augment_labels=None):
        x = x.float()
        sigma = torch.as_tensor(sigma).float().reshape(-1, 1, 1, 1)
        if self.label_dim and class_labels is None:
            class_labels = x.new_zeros(x.shape[0], self.label_dim)
        c_skip, c_out, c_in, c_noise = self.coefficients(sigma)
        output = self.model(c_in * x, c_noise.flatten().expand(x.shape[0]), class_labels, augment_labels)
        return c_skip * x + c_out * output[:, :self.img_channels]

    def round_sigma(self, sigma):
        return torch.as_tensor(sigma)


class VPPrecond(Preconditioned):
    beta_d, beta_min, steps, epsilon_t = 19.9, 0.1, 1000, 1e-5

    @property
    def sigma_min(self):
        return self.sigma_of(self.epsilon_t)

    @property
    def sigma_max(self):
        return self.sigma_of(1.0)

    def sigma_of(self, t):
        return math.sqrt(math.expm1(0.5 * self.beta_d * t * t + self.beta_min * t))

    def coefficients(self, sigma):
        log = (1 + sigma ** 2).log()
        t = ((self.beta_min ** 2 + 2 * self.beta_d * log).sqrt() - self.beta_min) / self.beta_d
        return 1, -sigma, (sigma ** 2 + 1).rsqrt(), (self.steps - 1) * t


class VEPrecond(Preconditioned):
    sigma_min, sigma_max = 0.02, 100.0

    def coefficients(self, sigma):
        return 1, sigma, 1, (0.5 * sigma).log()


class iDDPMPrecond(Preconditioned):
    output_factor, steps, c_1, c_2 = 2, 1000, 0.001, 0.008

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        alpha_bar = [math.sin(0.5 * math.pi * j / self.steps / (self.c_2 + 1)) ** 2 for j in range(self.steps + 1)]
        u = [0.0] * (self.steps + 1)
        for j in range(self.steps, 0, -1):
            u[j - 1] = math.sqrt((u[j] ** 2 + 1) / max(alpha_bar[j - 1] / alpha_bar[j], self.c_1) - 1)
        self.register_buffer("u", torch.tensor(u, dtype=torch.float32))

    @property
    def sigma_min(self):
        return float(self.u[self.steps - 1])

    @property
    def sigma_max(self):
        return float(self.u[0])

    def nearest(self, sigma):
        return (self.u - sigma.reshape(-1, 1).to(self.u.dtype)).abs().argmin(dim=1).reshape(sigma.shape)

    def round_sigma(self, sigma):
        sigma = torch.as_tensor(sigma)
        return self.u[self.nearest(sigma)].to(sigma.dtype)

    def coefficients(self, sigma):
        return 1, -sigma, (sigma ** 2 + 1).rsqrt(), (self.steps - 1 - self.nearest(sigma)).float()


class EDMPrecond(Preconditioned):
    sigma_min, sigma_max, sigma_data = 0.0, math.inf, 0.5

    def coefficients(self, sigma):
        data, norm = self.sigma_data, sigma ** 2 + self.sigma_data ** 2
        return data ** 2 / norm, sigma * data / norm.sqrt(), norm.rsqrt(), sigma.log() / 4


PRECONDITIONINGS = {c.__name__: c for c in (VPPrecond, VEPrecond, iDDPMPrecond, EDMPrecond)}
