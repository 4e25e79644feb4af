namespace Neolia.Database.Tests.Draining;

/// <summary>A point where a worker stands still until the test lets it go on: how an interleaving is forced.</summary>
public sealed class Gate
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The worker's side: says that it is here, and waits. Only the first passage waits.</summary>
    public async Task PassAsync()
    {
        _arrived.TrySetResult();
        await _opened.Task.WaitAsync(Deadline);
    }

    /// <summary>The test's side: until the worker stands here.</summary>
    public Task ArrivedAsync() => _arrived.Task.WaitAsync(Deadline);

    public void Open() => _opened.TrySetResult();
}
