namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>One registrar for a test class, on the MariaDB that all tests share.</summary>
public sealed class RegistrarFixture(StackFixture stack) : IAsyncLifetime
{
    private Registrar? _registrar;

    public Registrar Registrar => _registrar ?? throw new InvalidOperationException("The registrar has not been started.");

    public async ValueTask InitializeAsync() => _registrar = await Registrar.StartAsync(stack.Stack.MariaDb);

    /// <summary>What its background processes ask the database shows nowhere else.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_registrar is null)
            return;
        var log = _registrar.Kamailio.Process.Log;
        await _registrar.DisposeAsync();
        Assert.DoesNotContain("error in your SQL syntax", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown column", log, StringComparison.Ordinal);
    }
}
