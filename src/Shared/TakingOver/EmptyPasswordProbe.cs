using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Credentials;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Asks Kamailio itself whether a row that carries only digests is safe: with <c>calculate_ha1=yes</c> it would accept an
/// empty password. A subscriber made for the moment is tried with an empty password, and with the right one, lest a
/// Kamailio that doesn't know the row at all passes for a safe one.
/// </summary>
public sealed class EmptyPasswordProbe(KamailioDatabase kamailio, PasswordLogin login, IOptions<KamailioOptions> options)
{
    private const string NamePrefix = "neolia-probe-";

    // Of this whole server: it needs no right, and ends with the connection of a run that was killed.
    private const int TurnSeconds = 10;
    private static readonly string TakeTurn = $"select get_lock('neolia-probe', {TurnSeconds})";
    private const string EndTurn = "do release_lock('neolia-probe')";

    private const string InsertProbe = "insert into subscriber (username, domain, ha1, ha1b) values (?, ?, ?, ?)";

    private const string DeleteProbe = """
        delete from location where username = ? and domain = ?;
        delete from subscriber where username = ? and domain = ?
        """;

    // Of a run that was killed: one that lives has its turn. An account may have such a name too; then it has an owner.
    private const string FindLeftovers = """
        select s.username, s.domain
        from subscriber s left join neolia_identity i on i.domain = s.domain and i.username = s.username
        where s.username like 'neolia-probe-%' and s.username regexp '^neolia-probe-[0-9a-f]{24}$' and i.account_id is null
        """;

    /// <summary>One run at a time: another one's subscriber would pass for a leftover.</summary>
    public async Task<EmptyPasswordVerdict> AskAsync(CancellationToken cancellationToken)
    {
        await using var turn = await kamailio.OpenAsync(cancellationToken);
        if (!await TakeTurnAsync(turn, cancellationToken))
            return EmptyPasswordVerdict.Busy;
        try
        {
            return await AskInTurnAsync(cancellationToken);
        }
        finally
        {
            await EndTurnAsync(turn);
        }
    }

    /// <summary>The connection goes back to the pool as it is. One that died meanwhile took the turn with it.</summary>
    private static async Task EndTurnAsync(MySqlConnection connection)
    {
        if (connection.State != ConnectionState.Open)
            return;
        try
        {
            await using var command = new MySqlCommand(EndTurn, connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (MySqlException) when (connection.State != ConnectionState.Open)
        {
            // What was found out counts all the same.
        }
    }

    private static async Task<bool> TakeTurnAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(TakeTurn, connection) { CommandTimeout = 2 * TurnSeconds };
        return await command.ExecuteScalarAsync(cancellationToken) is var taken and not DBNull && Convert.ToInt64(taken, CultureInfo.InvariantCulture) == 1;
    }

    private async Task<EmptyPasswordVerdict> AskInTurnAsync(CancellationToken cancellationToken)
    {
        foreach (var leftover in await FindLeftoversAsync(cancellationToken))
            await DeleteAsync(leftover, cancellationToken);

        var name = new SipName($"{NamePrefix}{RandomNumberGenerator.GetHexString(24, lowercase: true)}", options.Value.DefaultDomain);
        var password = Password.Generate();
        try
        {
            await InsertAsync(name, Digests.Of(name, password), cancellationToken);
            var empty = await login.TryAsync(name, "", cancellationToken);
            return Judge(empty, empty == LoginOutcome.Refused ? await login.TryAsync(name, password, cancellationToken) : empty);
        }
        finally
        {
            // The row may exist whatever ended this, and must not stay: hence not the caller's token.
            await DeleteAsync(name, CancellationToken.None);
        }
    }

    private static EmptyPasswordVerdict Judge(LoginOutcome empty, LoginOutcome right) => (empty, right) switch
    {
        (LoginOutcome.LetIn, _) => EmptyPasswordVerdict.Accepted,
        (LoginOutcome.Refused, LoginOutcome.LetIn) => EmptyPasswordVerdict.Refused,
        (LoginOutcome.Refused, LoginOutcome.Refused) => EmptyPasswordVerdict.DigestsIgnored,
        (LoginOutcome.NoAnswer, _) or (_, LoginOutcome.NoAnswer) => EmptyPasswordVerdict.NoAnswer,
        _ => EmptyPasswordVerdict.Unclear,
    };

    private async Task InsertAsync(SipName name, Digests digests, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new Statement().Append(InsertProbe, name.Username, name.Domain, digests.Ha1, digests.Ha1b).On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task DeleteAsync(SipName name, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new Statement().Append(DeleteProbe, name.Username, name.Domain, name.Username, name.Domain).On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<SipName>> FindLeftoversAsync(CancellationToken cancellationToken)
    {
        var names = new List<SipName>();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(FindLeftovers, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return names;
    }
}
