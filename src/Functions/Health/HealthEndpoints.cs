using System.Data.Common;
using System.Reflection;
using System.Text.Json.Serialization;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Functions.Health;

/// <summary><c>/live</c>: the process answers. <c>/ready</c>: both databases do; if not, which one doesn't.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // What "--version" prints: a check after a deployment has to know that it isn't the old instance that answers.
    private static readonly string Build =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static void MapHealth(this WebApplication app)
    {
        // The Functions host polls the root until anything answers.
        app.MapGet("/", () => Results.Ok());
        app.MapGet("/api/health/live", () => Results.Json(new Liveness("live", Build), HealthJson.Default.Liveness));
        app.MapGet("/api/health/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(SupabaseDatabase supabase, KamailioDatabase kamailio, ISecrets secrets, CancellationToken cancellationToken)
    {
        var askSupabase = ReachAsync(async token =>
        {
            await using var connection = await supabase.OpenAsync(token);
            await using var command = new NpgsqlCommand("select 1 from kamailio_sync.queue limit 1", connection);
            await command.ExecuteScalarAsync(token);
        }, cancellationToken);
        var askKamailio = ReachAsync(async token =>
        {
            await using var connection = await kamailio.OpenAsync(token);
            await using var command = new MySqlCommand("select 1 from neolia_account limit 1", connection);
            await command.ExecuteScalarAsync(token);
        }, cancellationToken);

        var (supabaseState, kamailioState) = (await askSupabase, await askKamailio);
        var ready = supabaseState == Reachable && kamailioState == Reachable;
        return Results.Json(
            new Readiness(ready, supabaseState, kamailioState, secrets.Trouble ?? Reachable), HealthJson.Default.Readiness,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private const string Reachable = "reachable";

    private static async Task<string> ReachAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await ask(patience.Token);
            return Reachable;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return "reachable, but our migrations are not applied";
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.NoSuchTable)
        {
            return "reachable, but kamailio/mysql/tables.sql is not applied";
        }
        catch (MissingSecretException)
        {
            return "its password could not be read yet";
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Class 28: a wrong password or no such user, in both. Any other error, such as a server that is still starting, is none of the login's.
            return exception is DbException { SqlState: ['2', '8', ..] } ? "refuses this app's login" : "unreachable";
        }
    }
}

/// <param name="Build">Version and commit of the program that answers.</param>
internal sealed record Liveness(string Status, string Build);

/// <param name="Supabase">"reachable", or what is wrong in a few words.</param>
/// <param name="Kamailio">Likewise for Kamailio's database.</param>
/// <param name="Secrets">Likewise for where the secrets come from; trouble there doesn't stop what has its secrets already.</param>
internal sealed record Readiness(bool Ready, string Supabase, string Kamailio, string Secrets);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class HealthJson : JsonSerializerContext;
