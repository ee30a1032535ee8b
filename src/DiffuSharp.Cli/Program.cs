using System.Diagnostics;
using System.Runtime.InteropServices;
using DiffuSharp.Cli;

// Ctrl-C reaches a rank twice, from the terminal and from its launcher.
var same = TimeSpan.FromMilliseconds(500);

using var interrupt = new CancellationTokenSource();
var stopping = new Stopwatch();

// The first signal lets the running step finish; the second ends the program at once.
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return Entry.Run(args, Console.Out, Console.Error, interrupt.Token);

void Stop(PosixSignalContext context)
{
    var first = !stopping.IsRunning;
    stopping.Start();
    context.Cancel = first || stopping.Elapsed < same;
    if (first)
    {
        interrupt.Cancel();
    }
}
