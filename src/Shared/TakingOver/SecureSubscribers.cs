using Neolia.Functions.Kamailio;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Makes a <c>subscriber</c> table that was filled by hand safe: digests instead of plaintext passwords, no row without
/// digests, no name twice. The plaintext goes last, and only when Kamailio has proven that it works with digests. It may be
/// killed anywhere and run again: each step looks for what is left to do.
/// </summary>
public sealed class SecureSubscribers(KamailioDatabase kamailio, EmptyPasswordProbe probe, int batchSize = SecureSubscribers.BatchSize)
{
    public const int BatchSize = 200;

    public async Task<SecuringReport> RunAsync(bool dryRun, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var table = await ReadTableAsync(cancellationToken);
        var batches = new SubscriberBatches(kamailio, batchSize);
        var (passwords, missing, names) = (new PlaintextPasswords(table, batches), new MissingDigests(table, batches), new SubscriberNames(kamailio));

        var report = new SecuringReport { DryRun = dryRun };
        if (dryRun)
        {
            report.DigestsMade = await passwords.CountWithoutDigestsAsync(cancellationToken);
            report.RowsClosed = await missing.CountAsync(cancellationToken);
        }
        else
        {
            progress.Report("asking Kamailio whether it refuses an empty password");
            report.EmptyPassword = await probe.AskAsync(cancellationToken);
            report.DigestsMade = await passwords.MakeDigestsAsync(
                report.EmptyPassword == EmptyPasswordVerdict.Refused, done => progress.Report($"digests made of plaintext passwords: {done}"), cancellationToken);
            report.RowsClosed = await missing.CloseAsync(done => progress.Report($"rows without digests closed: {done}"), cancellationToken);
        }

        report.Doubled = await names.FindDoubledAsync(cancellationToken);
        report.NamesRefused = await names.FindRefusedAsync(cancellationToken);
        report.UniqueKey = (table.HasUniqueKey, report.Doubled.Count, dryRun) switch
        {
            (true, _, _) => UniqueKey.Present,
            (_, > 0, _) => UniqueKey.Doubled,
            (_, _, true) => UniqueKey.Missing,
            _ => await names.AddUniqueKeyAsync(cancellationToken),
        };

        if (report.EmptyPassword == EmptyPasswordVerdict.Refused)
            report.PasswordsBlanked = await passwords.BlankAsync(done => progress.Report($"plaintext passwords blanked: {done}"), cancellationToken);
        report.PasswordsLeft = await passwords.CountAsync(cancellationToken);
        return report;
    }

    private async Task<SubscriberTable> ReadTableAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        return await SubscriberTable.ReadAsync(connection, cancellationToken);
    }
}
