using System.Globalization;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Checking;

/// <summary>Measures Kamailio's database: is it there, is it as the sync needs it, who is registered?</summary>
public sealed class KamailioDatabaseCheck(KamailioDatabase kamailio, IOptions<KamailioOptions> options)
{
    private const MySqlErrorCode AccountLocked = (MySqlErrorCode)3118;
    private const MySqlErrorCode AccountLockedInMariaDb = (MySqlErrorCode)4151;
    private const MySqlErrorCode ReadOnlyServer = (MySqlErrorCode)1836;
    private const MySqlErrorCode StatementTimeoutInMariaDb = (MySqlErrorCode)1969;

    private const string ReadClock = "select utc_timestamp(6)";
    private const string ReadTls = "show session status like 'Ssl_version'";
    private const string CountRegistered = "select count(distinct username, domain) from location where expires > ?";

    // Another one each time: Kamailio counts wrong passwords per account and address.
    private const string ReadExample = """
        select i.username, i.domain
        from neolia_identity i join subscriber s on s.username = i.username and s.domain = i.domain
        where i.account_id >= ? and i.domain in (
        """;

    private const string FirstExample = ") order by i.account_id limit 1";

    // Longer than a login is tried again while the password is being changed: a refusal is to be told as one.
    private static readonly TimeSpan Patience = RotatingPassword.Patience + TimeSpan.FromSeconds(3);

    public Task<KamailioState> MeasureAsync(CancellationToken cancellationToken)
    {
        var silent = DatabaseVerdict.Unreachable;
        return Bounded.RunAsync(
            token => MeasureWhateverComesAsync(() => silent = DatabaseVerdict.Overloaded, token), Patience, () => new KamailioState(silent), cancellationToken);
    }

    /// <param name="answered">Called when the database has answered once: whoever is silent after that is there, and slow.</param>
    private async Task<KamailioState> MeasureWhateverComesAsync(Action answered, CancellationToken cancellationToken)
    {
        string? used = null;
        try
        {
            // One from the pool, too, is asked at the server whether it is still good.
            await using var connection = await kamailio.OpenAsync(cancellationToken);
            answered();
            foreach (var (table, use) in KamailioSchema.Uses)
            {
                used = table;
                await using var command = new MySqlCommand(use, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            return await ReadStateAsync(connection, cancellationToken);
        }
        catch (MySqlException exception)
        {
            var verdict = Judge(exception.ErrorCode);
            return new KamailioState(verdict, verdict is DatabaseVerdict.OtherSchema or DatabaseVerdict.NoRights ? used : null);
        }
        catch (Exception exception) when (FailureClassifier.Classify(exception) == FailureClass.Outage)
        {
            return new KamailioState(DatabaseVerdict.Unreachable);
        }
    }

    private static DatabaseVerdict Judge(MySqlErrorCode error) => error switch
    {
        MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.HostNotPrivileged or AccountLocked or AccountLockedInMariaDb =>
            DatabaseVerdict.Refused,
        MySqlErrorCode.UnknownDatabase or MySqlErrorCode.NoSuchTable or MySqlErrorCode.BadFieldError or MySqlErrorCode.NoDefaultForField => DatabaseVerdict.OtherSchema,
        MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied or MySqlErrorCode.OptionPreventsStatement or ReadOnlyServer => DatabaseVerdict.NoRights,
        MySqlErrorCode.CommandTimeoutExpired or MySqlErrorCode.QueryTimeout or StatementTimeoutInMariaDb or MySqlErrorCode.LockWaitTimeout
            or MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.UserLimitReached => DatabaseVerdict.Overloaded,
        _ => DatabaseVerdict.Unreachable,
    };

    private async Task<KamailioState> ReadStateAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var asked = DateTime.UtcNow;
        var now = DateTime.SpecifyKind((DateTime)(await ScalarAsync(connection, new Statement().Append(ReadClock), cancellationToken))!, DateTimeKind.Utc);
        var skew = now - (asked + ((DateTime.UtcNow - asked) / 2));

        // Kamailio writes its own local time.
        var local = TimeZoneInfo.ConvertTimeFromUtc(now, TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone));
        var registered = await ScalarAsync(connection, new Statement().Append(CountRegistered, local), cancellationToken);
        var example = await ReadExampleAsync(connection, Guid.NewGuid(), cancellationToken) ?? await ReadExampleAsync(connection, Guid.Empty, cancellationToken);
        return new KamailioState(
            DatabaseVerdict.Good, Fault: null, Convert.ToInt32(registered, CultureInfo.InvariantCulture), example, await ReadTlsAsync(connection, cancellationToken), skew);
    }

    private async Task<SipName?> ReadExampleAsync(MySqlConnection connection, Guid from, CancellationToken cancellationToken)
    {
        await using var command = new Statement().Append(ReadExample, from).AppendValues(options.Value.ServedDomains).Append(FirstExample).On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new SipName(row.GetString(0), row.GetString(1)) : null;
    }

    private static async Task<string?> ReadTlsAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(ReadTls, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) && row.GetString(1) is { Length: > 0 } version ? version : null;
    }

    private static async Task<object?> ScalarAsync(MySqlConnection connection, Statement statement, CancellationToken cancellationToken)
    {
        await using var command = statement.On(connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
