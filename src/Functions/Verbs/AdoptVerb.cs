using System.CommandLine;
using System.Text.Json;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.Functions.TakingOver;

namespace Neolia.Functions.Verbs;

internal static class AdoptVerb
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME@DOMAIN")
        {
            Description = "Subscribers to adopt.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "Adopt every unmanaged subscriber that has an account of the same name." };
        var dryRun = VerbOptions.DryRun();
        var json = VerbOptions.Json();
        var verb = new Command(
            "adopt",
            "Hand unmanaged subscribers of Kamailio over to the accounts of the same name, with their present passwords: devices that work today go on working. Kamailio must refuse an empty password (see secure-subscribers).")
        {
            names, all, dryRun, json,
        };
        verb.Validators.Add(result =>
        {
            var given = result.GetValue(names) ?? [];
            if (result.GetValue(all) == given.Length > 0)
                result.AddError("Give either the names to adopt, as NAME@DOMAIN, or --all.");
            foreach (var name in given.Where(n => n.Count(c => c == '@') != 1))
                result.AddError($"'{name}' is not NAME@DOMAIN.");
        });
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(
            parsed.GetValue(json),
            async (services, progress, token) =>
            {
                var wanted = parsed.GetValue(all) ? null : parsed.GetValue(names)!.Select(n => n.Split('@')).Select(n => new SipName(n[0], n[1])).ToList();
                await using var drain = new BackgroundDrain(services.GetRequiredService<DrainRunner>());
                return new AdoptAnswer(await services.GetRequiredService<AdoptSubscribers>().RunAsync(wanted, parsed.GetValue(dryRun), progress, token));
            },
            cancellationToken));
        return verb;
    }
}

internal sealed class AdoptAnswer(AdoptionReport report) : IVerbAnswer
{
    private bool Closed => report.DryRun || report.EmptyPassword == EmptyPasswordVerdict.Refused;

    public bool NeedsAttention => !Closed || report.Results.Any(r => !r.Success);

    public IEnumerable<string> Lines
    {
        get
        {
            if (!Closed)
                yield return $"! Nothing was adopted. {report.EmptyPassword!.Value.Explain()}";
            foreach (var result in report.Results)
                yield return $"{(result.Success ? "" : "! ")}{result.Name}: {result.Sentence}";
            if (Closed && report.Results.Count == 0)
                yield return "There is no unmanaged subscriber that has an account of the same name.";
        }
    }

    public string ToJson() => JsonSerializer.Serialize(
        new AdoptJson(
            !NeedsAttention, report.DryRun, report.EmptyPassword is { } verdict ? VerbJson.Spell(verdict) : null,
            [.. report.Results.Select(r => new AdoptedJson(r.Name.ToString(), VerbJson.Spell(r.Outcome), r.Sentence))],
            Closed ? [] : [report.EmptyPassword!.Value.Explain()]),
        VerbJson.Default.AdoptJson);
}

internal sealed record AdoptJson(bool Success, bool DryRun, string? EmptyPassword, IReadOnlyList<AdoptedJson> Subscribers, IReadOnlyList<string> Attention);

internal sealed record AdoptedJson(string Name, string Outcome, string Message);
