using DiffuSharp.Networks.Classifiers;

namespace DiffuSharp.Tests.Networks;

public class ClassifierDescriptionTests
{
    [Theory]
    [InlineData("{}", "network")]
    [InlineData("""{ "network": null }""", "network")]
    [InlineData("""{ "network": { "model_type": "none", "img_channels": 1 } }""", "none")]
    public void Damaged_descriptions_are_refused_in_one_line(string json, string because)
    {
        var message = Should.Throw<InvalidDataException>(() => ClassifierDescription.FromJson(json)).Message;
        message.ShouldContain(because);
        message.ShouldNotContain("\n");
    }
}
