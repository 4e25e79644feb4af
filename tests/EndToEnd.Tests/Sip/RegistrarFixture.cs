namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>One registrar for a test class, on the MariaDB that all tests share.</summary>
public sealed class RegistrarFixture(StackFixture stack) : IAsyncLifetime
{
    private Registrar? _registrar;

    public Registrar Registrar => _registrar ?? throw new InvalidOperationException("The registrar has not been started.");

    public async ValueTask InitializeAsync() => _registrar = await Registrar.StartAsync(stack.Stack.MariaDb);

    public ValueTask DisposeAsync() => _registrar?.DisposeAsync() ?? ValueTask.CompletedTask;
}
