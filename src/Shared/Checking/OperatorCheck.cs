using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Hosts;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Neolia.Functions.TakingOver;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Checking;

/// <summary>All of <c>check_status</c>, and what only the operator may know and can put right.</summary>
public sealed class OperatorCheck(
    SystemCheck system, SubscriberCheck subscribers, RegistrationTimesCheck registrations, ExcessRightsCheck rights, EmptyPasswordProbe emptyPassword,
    IOptions<KamailioOptions> options)
{
    // A million subscribers are looked through in a few seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<OperatorReport> RunAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("both databases, and Kamailio over SIP");
        var state = await system.MeasureAsync(new Caller.Service(), cancellationToken);
        var findings = Findings.Of(state).ToList();
        if (state.Supabase.Verdict == DatabaseVerdict.Good)
            findings.AddRange(await TryAsync(new("the rights in Supabase's database", "les droits dans la base de données Supabase"), rights.OfSupabaseAsync, cancellationToken));
        if (state.Kamailio.Verdict == DatabaseVerdict.Good)
        {
            progress.Report("subscribers");
            findings.AddRange(OfEncryption(state.Kamailio));
            findings.AddRange(await TryAsync(new("the rights in Kamailio's database", "les droits dans la base de données de Kamailio"), rights.OfKamailioAsync, cancellationToken));
            findings.AddRange(await TryAsync(new("the times of the registrations", "les heures des enregistrements"), registrations.MeasureAsync, cancellationToken));
            findings.AddRange(await TryAsync(new("what the table subscriber holds", "le contenu de la table subscriber"), subscribers.MeasureAsync, cancellationToken));
        }

        if (state is { Kamailio.Verdict: DatabaseVerdict.Good, Sip.AuthenticationWorks: true })
        {
            progress.Report("a subscriber for the moment, with and without its password");
            findings.AddRange(await TryAsync(new("a subscriber made for the moment", "un abonné créé pour l'occasion"), ProveAsync, cancellationToken));
        }

        return new OperatorReport(state, [.. findings.OrderBy(f => f.Severity)]);
    }

    /// <summary>What can't be measured is told, and doesn't take the rest of the report with it.</summary>
    private static Task<IReadOnlyList<Finding>> TryAsync(
        Sentence what, Func<CancellationToken, Task<IReadOnlyList<Finding>>> measure, CancellationToken cancellationToken)
    {
        IReadOnlyList<Finding> unmeasured =
        [
            Finding.Broken("not_measured",
                $"This could not be measured, {what.English}: see that the database is not overloaded, and run this again.",
                $"Ceci n'a pas pu être mesuré, {what.French} : vérifiez que la base de données n'est pas surchargée, puis relancez."),
        ];
        return Bounded.RunAsync(
            async token =>
            {
                try
                {
                    return await measure(token);
                }
                catch (Exception exception) when (exception is DbException or TimeoutException or SocketException or IOException or MissingSecretException)
                {
                    return unmeasured;
                }
            },
            Patience,
            () => unmeasured,
            cancellationToken);
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
    private async Task<IReadOnlyList<Finding>> ProveAsync(CancellationToken cancellationToken)
    {
        var verdict = await emptyPassword.AskAsync(cancellationToken);
        return verdict switch
        {
            EmptyPasswordVerdict.Refused => [],
            EmptyPasswordVerdict.Busy => [Finding.Notice("empty_password_proof", verdict.Explain(), "La même vérification est en cours ailleurs : relancez dans un instant.")],
            _ => [Finding.Broken("empty_password_proof", verdict.Explain(),
                "Rien ne prouve que Kamailio vérifie les mots de passe avec cette base de données : passez à la configuration de ce projet, puis relancez.")],
        };
    }
}

public sealed record OperatorReport(SystemState State, IReadOnlyList<Finding> Findings);
