using System.Diagnostics;
using System.Runtime.CompilerServices;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Tests.Interop;

public sealed class FaultHandlersTests : IDisposable
{
    /// <summary>Takes the signals when it is loaded and ends the process at the next one, as UCX does.</summary>
    private const string TakesFaults = """
        #include <csignal>
        #include <initializer_list>
        #include <unistd.h>
        extern "C" void die(int) { _exit(86); }
        __attribute__((constructor)) static void take() { for (int s : {SIGILL, SIGBUS, SIGFPE, SIGSEGV}) signal(s, die); }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Faults_are_exceptions_after_a_library_that_takes_them_was_loaded(bool tried)
    {
        var library = Compile();
        (tried ? FaultHandlers.TryLoad(library) : FaultHandlers.Load(library)).ShouldNotBe(0);
        Should.Throw<NullReferenceException>(() => Length(null!));
        Should.Throw<DivideByZeroException>(() => Divide(1, 0));
    }

    [Fact]
    public void A_library_that_is_missing_is_said_so()
    {
        var missing = _folder["libmissing.so"];
        Should.Throw<DllNotFoundException>(() => FaultHandlers.Load(missing)).Message.ShouldContain(missing);
        FaultHandlers.TryLoad(missing).ShouldBe(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Length(string text) => text.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Divide(int a, int b) => a / b;

    private string Compile()
    {
        var source = _folder["faults.cpp"];
        var library = _folder["libfaults.so"];
        File.WriteAllText(source, TakesFaults);
        using var compiler = Process.Start(Environment.GetEnvironmentVariable("CXX") ?? "c++", ["-shared", "-fPIC", "-o", library, source]);
        compiler.WaitForExit();
        compiler.ExitCode.ShouldBe(0);
        return library;
    }
}
