using Neolia.LocalStack.Supabase;

[assembly: AssemblyFixture(typeof(Neolia.Database.Tests.Supabase.SupabaseFixture))]

namespace Neolia.Database.Tests.Supabase;

/// <summary>One migrated PostgreSQL for this assembly; tests clone databases of their own from it.</summary>
public sealed class SupabaseFixture : IAsyncLifetime
{
    // Its own connections would be in the way of a second clone of the template at the same moment.
    private readonly SemaphoreSlim _oneClone = new(1, 1);
    private MigratedProject? _project;

    public MigratedProject Project => _project ?? throw new InvalidOperationException("The server has not been started.");

    public async ValueTask InitializeAsync() => _project = await MigratedProject.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>A database that nobody else has.</summary>
    public async Task<SupabaseProject> CloneAsync()
    {
        await _oneClone.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await Project.CloneAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            _oneClone.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_project is not null)
            await _project.DisposeAsync();
        _oneClone.Dispose();
    }
}
