using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.LocalStack.Supabase;

/// <summary>One database that looks like a hosted Supabase project's, and the ways into it.</summary>
public sealed class SupabaseProject
{
    /// <summary>The role that migrations run as; not a superuser.</summary>
    public const string Owner = "postgres";

    /// <summary>The function app's role; it exists once the migrations are applied.</summary>
    public const string App = "neolia_functions";

    private readonly PostgresServer _server;
    private readonly string _ownerPassword;

    private SupabaseProject(PostgresServer server, string database, string ownerPassword, string appPassword)
    {
        _server = server;
        Database = database;
        _ownerPassword = ownerPassword;
        AppPassword = appPassword;
    }

    public string Database { get; }

    public string AppPassword { get; }

    public PostgresServer Server => _server;

    /// <summary>The cluster's superuser, for what only Supabase itself may do.</summary>
    public string SuperuserConnectionString => _server.SuperuserConnectionString(Database);

    /// <summary>Role postgres: the project's operator.</summary>
    public string OwnerConnectionString => _server.ConnectionString(Database, Owner, _ownerPassword);

    /// <summary>The function app, password included.</summary>
    public string AppConnectionString => _server.ConnectionString(Database, App, AppPassword);

    /// <summary>The function app as its setting Supabase__ConnectionString wants it: without the password.</summary>
    public string AppConnectionStringWithoutPassword =>
        new NpgsqlConnectionStringBuilder(AppConnectionString) { Password = null }.ConnectionString;

    /// <summary>The owner as a URL, for the Supabase CLI.</summary>
    public string OwnerPassword => _ownerPassword;

    public string OwnerUrlWithoutPassword => $"postgresql://{Owner}@127.0.0.1:{_server.Port}/{Database}?sslmode=disable";

    public string OwnerUrl => $"postgresql://{Owner}:{_ownerPassword}@127.0.0.1:{_server.Port}/{Database}?sslmode=disable";

    /// <summary>The superuser as a URL, for @supabase/lite.</summary>
    public static string SuperuserUrlOf(PostgresServer server, string database) =>
        $"postgresql://{PostgresServer.Superuser}:{server.Password}@127.0.0.1:{server.Port}/{database}?sslmode=disable";

    /// <summary>Creates a database with what a new Supabase project has, no migration applied.</summary>
    public static async Task<SupabaseProject> CreateAsync(PostgresServer server, string database, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("postgres", $"create database {database}", cancellationToken);
        return await PrepareAsync(server, database, cancellationToken);
    }

    /// <summary>
    /// The same on a database that exists, whatever of it is there already. Gives role postgres a new password: the
    /// roles belong to the cluster, so prepare one project per server and clone it for more.
    /// </summary>
    public static async Task<SupabaseProject> PrepareAsync(PostgresServer server, string database, CancellationToken cancellationToken)
    {
        await using var stream = typeof(SupabaseProject).Assembly.GetManifestResourceStream("project.sql")!;
        using var reader = new StreamReader(stream);
        var ownerPassword = Secrets.NewPassword();
        await server.ExecuteAsync(database, await reader.ReadToEndAsync(cancellationToken), cancellationToken);
        await server.ExecuteAsync(database, $"alter role {Owner} password '{ownerPassword}'; alter database {database} owner to {Owner}", cancellationToken);
        return new SupabaseProject(server, database, ownerPassword, Secrets.NewPassword());
    }

    /// <summary>Does what the operator does after the migrations: gives the function app's role its password.</summary>
    public async Task SetAppPasswordAsync(CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"alter role {App} password '{AppPassword}'", owner);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A copy in a database of its own; nobody may be connected to this one meanwhile.</summary>
    public async Task<SupabaseProject> CloneAsync(string database, CancellationToken cancellationToken)
    {
        await _server.ExecuteAsync("postgres", $"create database {database} template {Database} owner {Owner}", cancellationToken);
        return new SupabaseProject(_server, database, _ownerPassword, AppPassword);
    }

    /// <summary>Drops the database under whoever is still connected.</summary>
    public async Task DropAsync(CancellationToken cancellationToken) =>
        await _server.ExecuteAsync("postgres", $"drop database if exists {Database} with (force)", cancellationToken);
}
