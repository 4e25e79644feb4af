using Neolia.LocalStack.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Supabase;

/// <summary>A migrated project of a test class's own, and sessions in it.</summary>
public sealed class ProjectFixture(SupabaseFixture supabase) : IAsyncLifetime
{
    private SupabaseProject? _project;

    public SupabaseProject Project => _project ?? throw new InvalidOperationException("The project has not been cloned.");

    public async ValueTask InitializeAsync() => _project = await supabase.CloneAsync();

    /// <summary>Role postgres: the operator, past row level security.</summary>
    public Task<Session> OwnerAsync() => Session.OpenAsync(Project.OwnerConnectionString);

    public Task<Session> SuperuserAsync() => Session.OpenAsync(Project.SuperuserConnectionString);

    public Task<Session> AppAsync() => Session.OpenAsync(Project.AppConnectionString);

    /// <summary>What the dashboard has: role authenticated with the user's claims.</summary>
    public async Task<Session> UserAsync(Guid user)
    {
        var session = await OwnerAsync();
        await session.ExecuteAsync($$"""set role authenticated; set request.jwt.claims = '{"sub": "{{user}}", "role": "authenticated"}'""");
        return session;
    }

    /// <summary>A signed-up user without anything.</summary>
    public async Task<Guid> SignUpAsync()
    {
        await using var owner = await OwnerAsync();
        return await owner.ScalarAsync<Guid>("insert into auth.users (id) values (gen_random_uuid()) returning id");
    }

    /// <summary>A signed-up user with one account in one flat.</summary>
    public async Task<Residence> CreateResidenceAsync(string number = "401") =>
        await Residence.CreateAsync(this, await SignUpAsync(), number);

    public async ValueTask DisposeAsync()
    {
        if (_project is null)
            return;
        NpgsqlConnection.ClearAllPools();
        await _project.DropAsync(TestContext.Current.CancellationToken);
    }
}
