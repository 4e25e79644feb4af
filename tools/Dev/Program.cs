using System.Runtime.InteropServices;
using Neolia.Dev;

// Ctrl-C and kill end the stack in order; a second one, or SIGKILL, leaves that to the servers' supervisors.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return args switch
    {
        ["demo"] => await Demo.RunAsync(stop.Token),
        ["up"] => await Up.RunAsync(stop.Token),
        ["types"] => await Types.RunAsync(stop.Token),
        _ => Usage(),
    };
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

static int Usage()
{
    Console.Error.WriteLine("Usage: ./dev demo | up | types");
    return 2;
}
