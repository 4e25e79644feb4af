using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;
using Neolia.Functions.TakingOver;

namespace Neolia.Functions.Verbs;

internal static class SecureSubscribersVerb
{
    public static Command Create()
    {
        var dryRun = VerbOptions.DryRun();
        var json = VerbOptions.Json();
        var administrator = new Option<string?>("--admin-user")
        {
            Description = "Work as this user of Kamailio's database, who may alter the table; its password comes from the environment, KAMAILIO_ADMIN_PASSWORD. Default: the program's own user.",
            HelpName = "NAME",
        };
        var verb = new Command(
            "secure-subscribers",
            "Turn plaintext passwords of Kamailio's subscribers into digests, close rows without digests, add the missing unique key. The plaintext goes last, and only when Kamailio has proven that it refuses an empty password.")
        {
            dryRun, administrator, json,
        };
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunOnKamailioAsync(
            parsed.GetValue(json),
            async (services, progress, token) =>
            {
                var kamailio = services.KamailioAs(parsed.GetValue(administrator));
                var options = services.GetRequiredService<IOptions<KamailioOptions>>();
                var probe = new EmptyPasswordProbe(kamailio, services.GetRequiredService<PasswordLogin>(), options);
                return new SecureSubscribersAnswer(await new SecureSubscribers(kamailio, probe).RunAsync(parsed.GetValue(dryRun), progress, token));
            },
            cancellationToken));
        return verb;
    }
}

internal sealed class SecureSubscribersAnswer(SecuringReport report) : IVerbAnswer
{
    private readonly string[] _attention = [.. report.Attention];

    public bool NeedsAttention => _attention.Length > 0;

    public IEnumerable<string> Lines =>
    [
        $"digests made of plaintext passwords: {report.DigestsMade}{Would}",
        $"rows without digests closed:         {report.RowsClosed}{Would}",
        $"plaintext passwords blanked:         {report.PasswordsBlanked}",
        $"plaintext passwords left:            {report.PasswordsLeft}",
        $"unique key on (username, domain):    {VerbJson.Spell(report.UniqueKey)}",
        .. report.EmptyPassword is { } verdict ? [$"empty password:                      {VerbJson.Spell(verdict)}"] : Array.Empty<string>(),
        .. _attention.Select(sentence => $"! {sentence}"),
    ];

    private string Would => report.DryRun ? " (would be)" : "";

    public string ToJson() => JsonSerializer.Serialize(
        new SecureSubscribersJson(
            !NeedsAttention, report.DryRun, report.DigestsMade, report.RowsClosed, report.PasswordsBlanked, report.PasswordsLeft,
            VerbJson.Spell(report.UniqueKey), report.EmptyPassword is { } verdict ? VerbJson.Spell(verdict) : null,
            [.. report.Doubled.Select(d => d.Name)], report.NamesRefused, _attention),
        VerbJson.Default.SecureSubscribersJson);
}

internal sealed record SecureSubscribersJson(
    bool Success, bool DryRun, int DigestsMade, int RowsClosed, int PasswordsBlanked, int PasswordsLeft, string UniqueKey,
    string? EmptyPassword, IReadOnlyList<string> Doubled, IReadOnlyList<string> NamesRefused, IReadOnlyList<string> Attention);
