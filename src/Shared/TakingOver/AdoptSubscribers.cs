using Neolia.Functions.Subjects;

namespace Neolia.Functions.TakingOver;

/// <summary>The operator's adoption of several subscribers, each by itself: one that can't be adopted stops no other.</summary>
public sealed class AdoptSubscribers(EmptyPasswordProbe probe, Adoption adoption)
{
    /// <param name="names">Null: all unmanaged subscribers that an account is waiting for.</param>
    public async Task<AdoptionReport> RunAsync(
        IReadOnlyList<SipName>? names, bool dryRun, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var report = new AdoptionReport { DryRun = dryRun };
        if (!dryRun)
        {
            // What is adopted loses its plaintext: with an unsafe Kamailio that would open its door.
            progress.Report("asking Kamailio whether it refuses an empty password");
            report.EmptyPassword = await probe.AskAsync(cancellationToken);
            if (report.EmptyPassword != EmptyPasswordVerdict.Refused)
                return report;
        }

        foreach (var name in names?.Distinct() ?? await adoption.ListCandidatesAsync(cancellationToken))
        {
            report.Results.Add(await adoption.RunAsync(name, dryRun, cancellationToken));
            progress.Report($"{name}: {report.Results[^1].Outcome}");
        }

        return report;
    }
}

public sealed class AdoptionReport
{
    public bool DryRun { get; init; }

    /// <summary>Null in a dry run. Anything but <see cref="EmptyPasswordVerdict.Refused"/>: nothing was adopted.</summary>
    public EmptyPasswordVerdict? EmptyPassword { get; set; }

    public List<AdoptionResult> Results { get; } = [];
}
