using Neolia.Functions.Draining;

namespace Neolia.Functions.Verbs;

/// <summary>Runs the drain for as long as a verb needs it; the server may drain beside it.</summary>
internal sealed class BackgroundDrain : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _running;

    public BackgroundDrain(DrainRunner drain) => _running = drain.RunAsync(_ended.Token);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // How it ends.
        }

        _ended.Dispose();
    }
}
