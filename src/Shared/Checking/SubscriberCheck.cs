using System.Globalization;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Checking;

/// <summary>Looks for what must not stand in Kamailio's table of subscribers, guests included.</summary>
public sealed class SubscriberCheck(KamailioDatabase kamailio)
{
    private const string CountPlaintext = "select count(*) from subscriber where password <> ''";

    private const string CountOpen = """
        select count(*) from subscriber
        where ha1 is null or ha1b is null or ha1 not regexp '^[0-9a-fA-F]{32}$' or ha1b not regexp '^[0-9a-fA-F]{32}$'
        """;

    public async Task<IReadOnlyList<Finding>> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var open = await CountAsync(connection, CountOpen, cancellationToken);
        var plaintext = await CountPlaintextAsync(connection, cancellationToken);
        return
        [
            .. OfCount("empty_digests", open,
                new Sentence(
                    "A subscriber has an empty or malformed digest, which is an open door: run secure-subscribers.",
                    "Un abonné a une empreinte vide ou mal formée, ce qui laisse la porte ouverte : lancez secure-subscribers."),
                new Sentence(
                    $"{open} subscribers have an empty or malformed digest, which is an open door: run secure-subscribers.",
                    $"{open} abonnés ont une empreinte vide ou mal formée, ce qui laisse la porte ouverte : lancez secure-subscribers.")),
            .. OfCount("plaintext_passwords", plaintext,
                new Sentence(
                    "A subscriber still has a plaintext password, which counts as leaked: run secure-subscribers, and issue new credentials.",
                    "Un abonné a encore un mot de passe en clair, à considérer comme divulgué : lancez secure-subscribers, et émettez de nouveaux identifiants."),
                new Sentence(
                    $"{plaintext} subscribers still have plaintext passwords, which count as leaked: run secure-subscribers, and issue new credentials.",
                    $"{plaintext} abonnés ont encore des mots de passe en clair, à considérer comme divulgués : lancez secure-subscribers, et émettez de nouveaux identifiants.")),
        ];
    }

    private static IEnumerable<Finding> OfCount(string code, long count, Sentence one, Sentence many) =>
        count == 0 ? [] : [new Finding(code, Severity.Broken, Sentence.Of(count, one, many))];

    /// <summary>A table made by hand may have no such column.</summary>
    private static async Task<long> CountPlaintextAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await CountAsync(connection, CountPlaintext, cancellationToken);
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.BadFieldError)
        {
            return 0;
        }
    }

    private static async Task<long> CountAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }
}
