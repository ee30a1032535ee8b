using System.Diagnostics;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Tests.Interop;

public sealed class FaultHandlersTests : IDisposable
{
    /// <summary>Takes SIGSEGV when it is loaded and ends the process at the next one, as UCX does.</summary>
    private const string TakesFaults = """
        #include <csignal>
        #include <unistd.h>
        extern "C" void die(int) { _exit(86); }
        __attribute__((constructor)) static void take() { signal(SIGSEGV, die); }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_null_reference_is_an_exception_after_a_library_that_takes_faults_was_loaded()
    {
        FaultHandlers.Load(Compile()).ShouldNotBe(0);
        Should.Throw<NullReferenceException>(() => Length(null!));
    }

    [Fact]
    public void A_null_reference_is_an_exception_after_a_library_that_takes_faults_was_tried()
    {
        FaultHandlers.TryLoad(Compile()).ShouldNotBe(0);
        Should.Throw<NullReferenceException>(() => Length(null!));
    }

    [Fact]
    public void A_library_that_is_missing_is_said_so()
    {
        string missing = _folder["libmissing.so"];
        Should.Throw<DllNotFoundException>(() => FaultHandlers.Load(missing)).Message.ShouldContain(missing);
        FaultHandlers.TryLoad(missing).ShouldBe(0);
    }

    private static int Length(string text) => text.Length;

    private string Compile()
    {
        string source = _folder["faults.cpp"];
        string library = _folder["libfaults.so"];
        File.WriteAllText(source, TakesFaults);
        using var compiler = Process.Start("g++", ["-shared", "-fPIC", "-o", library, source]);
        compiler.WaitForExit();
        compiler.ExitCode.ShouldBe(0);
        return library;
    }
}
