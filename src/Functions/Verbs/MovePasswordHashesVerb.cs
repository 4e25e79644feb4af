using System.CommandLine;
using System.Text.Json;
using Neolia.Functions.TakingOver;

namespace Neolia.Functions.Verbs;

internal static class MovePasswordHashesVerb
{
    public static Command Create()
    {
        var dryRun = VerbOptions.DryRun();
        var json = VerbOptions.Json();
        var verb = new Command(
            "move-password-hashes",
            "Move digests from sip_accounts.password_hash, which every user reads who sees the account, to the credentials, and empty that column. What is no digest, or older than issued credentials, is named and dropped.")
        {
            dryRun, json,
        };
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(
            parsed.GetValue(json),
            async (services, progress, token) =>
                new MovePasswordHashesAnswer(await services.GetRequiredService<PasswordHashes>().RunAsync(parsed.GetValue(dryRun), progress, token)),
            cancellationToken));
        return verb;
    }
}

/// <summary>Values that are dropped need attention once: their accounts may need new credentials.</summary>
internal sealed class MovePasswordHashesAnswer(PasswordHashReport report) : IVerbAnswer
{
    public bool NeedsAttention => report.Left > 0 || report.Dropped.Any(d => d.Reason != "empty");

    public IEnumerable<string> Lines =>
    [
        $"digests moved to the credentials: {report.Moved}{(report.DryRun ? " (would be)" : "")}",
        .. report.Dropped.Select(d => $"{(d.Reason == "empty" ? "" : "! ")}{d.Name}: {(report.DryRun ? "would be dropped" : "dropped")}, {d.Sentence}"),
        .. report.Left > 0 ? [$"! {report.Left} accounts are being changed at this moment. Run this again."] : Array.Empty<string>(),
    ];

    public string ToJson() => JsonSerializer.Serialize(
        new MovePasswordHashesJson(
            !NeedsAttention, report.DryRun, report.Moved,
            [.. report.Dropped.Select(d => new DroppedHashJson(d.Name.ToString(), d.Reason))], report.Left),
        VerbJson.Default.MovePasswordHashesJson);
}

internal sealed record MovePasswordHashesJson(bool Success, bool DryRun, int Moved, IReadOnlyList<DroppedHashJson> Dropped, int Left);

internal sealed record DroppedHashJson(string Name, string Reason);
