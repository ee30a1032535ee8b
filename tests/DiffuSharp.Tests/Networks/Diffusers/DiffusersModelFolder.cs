using System.Text.Json;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Networks.Diffusers;

/// <summary>Writes a reference model, that is <c>config.json</c> and <c>parameters.json</c> of a folder, as the diffusers library lays it out.</summary>
internal static class DiffusersModelFolder
{
    public const string DdpmScheduler = """
        { "_class_name": "DDPMScheduler", "num_train_timesteps": 1000, "beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "linear",
          "prediction_type": "epsilon", "clip_sample": true }
        """;

    public static string Write(
        string folder, string reference, Func<string, string>? rename = null, Func<string, string>? config = null, string? scheduler = DdpmScheduler,
        string weights = "diffusion_pytorch_model")
    {
        using var scope = torch.NewDisposeScope();
        Directory.CreateDirectory(folder);
        var text = File.ReadAllText(Path.Combine(reference, "config.json"));
        File.WriteAllText(Path.Combine(folder, "config.json"), config is null ? text : config(text));
        using var parameters = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(reference, "parameters.json")));
        SafetensorsWriter.Write(
            Path.Combine(folder, $"{weights}.safetensors"),
            ReferenceWeights.Make(parameters.RootElement).Select(w => w.Value.ToSafetensors(rename is null ? w.Key : rename(w.Key))));
        if (scheduler is not null)
        {
            File.WriteAllText(Path.Combine(folder, "scheduler_config.json"), scheduler);
        }

        return folder;
    }

    public static string OldNames(string name) => name.Replace("to_q", "query").Replace("to_k", "key").Replace("to_v", "value").Replace("to_out.0", "proj_attn");
}
