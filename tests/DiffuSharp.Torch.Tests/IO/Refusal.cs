namespace DiffuSharp.Torch.Tests.IO;

/// <summary>How bad files must be refused.</summary>
internal static class Refusal
{
    /// <summary>The action throws the one-line error of bad files, with path and fragment in it.</summary>
    public static void ShouldRefuse(this Action read, string path, string fragment)
    {
        var message = Should.Throw<InvalidDataException>(read).Message;
        message.ShouldStartWith(path);
        message.ShouldContain(fragment, Case.Sensitive);
        message.ShouldContain("; ");
        message.Any(char.IsControl).ShouldBeFalse();
    }
}
