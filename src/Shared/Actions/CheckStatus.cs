using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;

namespace Neolia.Functions.Actions;

/// <summary><c>check_status</c>: everything in the answer is measured at the moment of asking.</summary>
public sealed class CheckStatus(KamailioDatabase kamailio, RegisterProbe probe)
{
    // Kamailio writes the local time of its host, which runs in UTC; expired rows stay in the table for a while.
    private const string CountRegistered = """
        select count(distinct username, domain) from location where expires > utc_timestamp()
        """;

    public async Task<StatusAnswer> RunAsync(CancellationToken cancellationToken)
    {
        var registered = CountRegisteredAsync(cancellationToken);
        var challenge = probe.AskAsync(cancellationToken);
        return Answer(await registered, await challenge);
    }

    private static StatusAnswer Answer(int? registered, ProbeOutcome challenge)
    {
        var message = (registered, challenge) switch
        {
            (null, _) => "Kamailio's database can't be reached. Check that the server runs and that its firewall lets this app in.",
            (_, ProbeOutcome.NoAnswer) => "Kamailio's database answers, but Kamailio itself doesn't answer SIP. Check that it runs.",
            (_, ProbeOutcome.Accepted) => "Kamailio let a device register without a password! Check the authentication in kamailio.cfg at once.",
            (_, ProbeOutcome.Refused) => "Kamailio answers SIP but doesn't ask for a password. Check that it serves the domain and can reach its database.",
            ({ } count, _) => $"Kamailio is connected and asks for passwords; {count} registered.",
        };
        return new StatusAnswer(registered is not null, challenge == ProbeOutcome.Challenged, registered ?? 0, message);
    }

    private async Task<int?> CountRegisteredAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await kamailio.OpenAsync(cancellationToken);
            await using var command = new MySqlCommand(CountRegistered, connection);
            return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (FailureClassifier.Classify(exception) == FailureClass.Outage)
        {
            return null;
        }
    }
}

/// <param name="Connected">Kamailio's database answered.</param>
/// <param name="AuthEnabled">Kamailio challenged a REGISTER without credentials.</param>
/// <param name="RegisteredUsers">Names with a contact that has not expired.</param>
public sealed record StatusAnswer(bool Connected, bool AuthEnabled, int RegisteredUsers, string Message);
