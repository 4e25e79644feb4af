using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Registrations;

namespace Neolia.Functions.Checking;

/// <summary>Whether the times of Kamailio's registrations can be what the configured time zone makes of them.</summary>
public sealed class RegistrationTimesCheck(KamailioDatabase kamailio, IOptions<KamailioOptions> options)
{
    // A clock that is a little off is told as one; zones differ by more. Kamailio deletes contacts within a minute after they
    // have expired.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string ReadTimes = "select utc_timestamp(6), max(last_modified), min(expires), max(expires) from location";

    private readonly LocationClock _clock = new(TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone));

    public async Task<IReadOnlyList<Finding>> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(ReadTimes, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        if (row.IsDBNull(1))
            return [];

        var now = DateTime.SpecifyKind(row.GetDateTime(0), DateTimeKind.Utc);
        if (_clock.Moments(row.GetDateTime(1)).Earlier - now is var ahead && ahead > Tolerance)
            return [OfFuture(ahead)];

        // Of a zone that is too far east: an hour of it makes contacts look expired that are not, all of them, as they last
        // for an hour at most.
        return now - _clock.Moments(row.GetDateTime(2)).Later is var ago && ago > Tolerance && _clock.Moments(row.GetDateTime(3)).Later <= now ? [OfPast(ago)] : [];
    }

    private Finding OfFuture(TimeSpan ahead) => Finding.Broken("registrations_ahead",
        $"Kamailio's latest registration is {ahead.TotalMinutes:0} minutes in the future: Kamailio__TimeZone ({options.Value.TimeZone}) is not its time zone, or its host's clock is wrong.",
        $"Le dernier enregistrement de Kamailio est dans le futur de {ahead.TotalMinutes:0} minutes : Kamailio__TimeZone ({options.Value.TimeZone}) n'est pas son fuseau horaire, ou l'horloge de sa machine est fausse.");

    private Finding OfPast(TimeSpan ago) => Finding.Broken("registrations_expired",
        $"All of Kamailio's registrations look expired, some for {ago.TotalMinutes:0} minutes, and it deletes such within one: Kamailio__TimeZone ({options.Value.TimeZone}) is not its time zone, or Kamailio stands still.",
        $"Tous les enregistrements de Kamailio semblent expirés, certains depuis {ago.TotalMinutes:0} minutes, alors qu'il les supprime en une minute : Kamailio__TimeZone ({options.Value.TimeZone}) n'est pas son fuseau horaire, ou Kamailio est arrêté.");
}
