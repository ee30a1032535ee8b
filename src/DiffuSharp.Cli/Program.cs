using System.Runtime.InteropServices;
using DiffuSharp.Cli;

using var interrupt = new CancellationTokenSource();
var stopping = false;

// The first signal lets the running step finish; the second ends the program at once.
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return Entry.Run(args, Console.Out, Console.Error, interrupt.Token);

void Stop(PosixSignalContext context)
{
    if (!stopping)
    {
        stopping = true;
        context.Cancel = true;
        interrupt.Cancel();
    }
}
