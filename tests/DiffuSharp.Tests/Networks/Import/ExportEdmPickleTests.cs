namespace DiffuSharp.Tests.Networks.Import;

public sealed class ExportEdmPickleTests
{
    private const string Arguments = "{'img_resolution': 8, 'img_channels': 1, 'label_dim': 4, 'use_fp16': True, 'model_type': 'SongUNet'}";

    [PythonFact]
    public void The_arguments_of_wrapper_and_network_are_carried() => Describe("VPPrecond", Arguments, """
        wrapper.sigma_min, wrapper.beta_d = 0.002, 19.9
        assert export.describe(wrapper) == {
            'precond': 'VPPrecond', 'model_type': 'SongUNet', 'img_resolution': 8, 'img_channels': 1, 'label_dim': 4, 'model_channels': 16}
        """).ShouldBeNull();

    [PythonFact]
    public void The_constant_of_the_EDM_wrapper_is_carried() =>
        Describe("EDMPrecond", Arguments, "wrapper.sigma_data = 0.4\nassert export.describe(wrapper)['sigma_data'] == 0.4").ShouldBeNull();

    [PythonFact]
    public void Other_constants_than_the_published_ones_are_refused()
    {
        Describe("VPPrecond", Arguments, "wrapper.beta_d = 20\nexport.describe(wrapper)")
            .ShouldBe("VPPrecond has beta_d 20; DiffuSharp computes 19.9 only, so this network is not exported");
        Describe("iDDPMPrecond", "{'C_2': 0.01}", "export.describe(wrapper)").ShouldNotBeNull().ShouldContain("iDDPMPrecond has C_2 0.01");
        Describe("iDDPMPrecond", "{'M': 500}", "export.describe(wrapper)").ShouldNotBeNull().ShouldContain("iDDPMPrecond has M 500");
        Describe("EDMPrecond", "{'sigma_max': 80}", "export.describe(wrapper)").ShouldNotBeNull().ShouldContain("EDMPrecond has sigma_max 80");
    }

    [PythonFact]
    public void Arguments_and_wrappers_that_are_not_known_are_refused()
    {
        Describe("EDMPrecond", "{'attention_kind': 1}", "export.describe(wrapper)").ShouldNotBeNull().ShouldContain("attention_kind is an argument that DiffuSharp does not know");
        Describe("EDM2Precond", Arguments, "export.describe(wrapper)").ShouldNotBeNull().ShouldContain("the wrapper EDM2Precond is not known");
    }

    // Runs lines with the exporter's module and a wrapper that stands for an unpickled one; null, or the last line of the error output.
    private static string? Describe(string precond, string arguments, string lines) => Python.Run($$"""
        import importlib.util
        spec = importlib.util.spec_from_file_location('export', '{{RepositoryFolder.File("tools", "export_edm_pickle.py")}}')
        export = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(export)
        network = type('SongUNet', (), dict(init_kwargs=dict(in_channels=1, out_channels=1, model_channels=16)))()
        wrapper = type('{{precond}}', (), dict(init_kwargs={{arguments}}, model=network))()

        """ + lines);
}
