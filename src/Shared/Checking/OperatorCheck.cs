using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Hosts;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Supabase;
using Neolia.Functions.TakingOver;

namespace Neolia.Functions.Checking;

/// <summary>All of <c>check_status</c>, and what only the operator may know and can put right.</summary>
public sealed class OperatorCheck(
    SystemCheck system, SubscriberCheck subscribers, ExcessRightsCheck rights, EmptyPasswordProbe emptyPassword, IOptions<KamailioOptions> options)
{
    public async Task<OperatorReport> RunAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("both databases, and Kamailio over SIP");
        var state = await system.MeasureAsync(new Caller.Service(), cancellationToken);
        var findings = Findings.Of(state).ToList();
        if (state.Supabase.Verdict == DatabaseVerdict.Good)
            findings.AddRange(await rights.OfSupabaseAsync(cancellationToken));
        if (state.Kamailio.Verdict == DatabaseVerdict.Good)
        {
            progress.Report("subscribers");
            findings.AddRange(await rights.OfKamailioAsync(cancellationToken));
            findings.AddRange(await subscribers.MeasureAsync(cancellationToken));
            findings.AddRange(OfEncryption(state.Kamailio));
            findings.AddRange(await ProveAsync(state.Sip, progress, cancellationToken));
        }

        return new OperatorReport(state, [.. findings.OrderBy(f => f.Severity)]);
    }

    private IEnumerable<Finding> OfEncryption(KamailioState state)
    {
        var connection = new MySqlConnectionStringBuilder(options.Value.ConnectionString);
        if (state.Tls is null && connection.ConnectionProtocol != MySqlConnectionProtocol.UnixSocket && !Loopback.Is(connection.Server))
        {
            yield return Finding.Broken("kamailio_plain",
                "The connection to Kamailio's database is not encrypted: set SslMode=VerifyFull in Kamailio__ConnectionString, and a certificate on the server.",
                "La connexion à la base de données de Kamailio n'est pas chiffrée : mettez SslMode=VerifyFull dans Kamailio__ConnectionString et un certificat sur le serveur.");
        }
    }

    /// <summary>
    /// The whole proof, beyond that of <see cref="SipCheck"/>: a subscriber made for the moment is refused without its
    /// password, and let in with it.
    /// </summary>
    private async Task<IEnumerable<Finding>> ProveAsync(SipState sip, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (!sip.AuthenticationWorks)
            return [];
        progress.Report("a subscriber for the moment, with and without its password");
        var verdict = await emptyPassword.AskAsync(cancellationToken);
        return verdict == EmptyPasswordVerdict.Refused
            ? []
            :
            [
                Finding.Broken("empty_password_proof", verdict.Explain(),
                    "Rien ne prouve que Kamailio vérifie les mots de passe avec cette base de données : passez à la configuration de ce projet, puis relancez."),
            ];
    }
}

public sealed record OperatorReport(SystemState State, IReadOnlyList<Finding> Findings);
