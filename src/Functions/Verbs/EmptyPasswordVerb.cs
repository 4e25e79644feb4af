using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Verbs;

/// <summary>
/// The check after a deployment: from anywhere, without a setting or a secret. It tries one account's name; that every
/// row is safe is proven by <c>secure-subscribers</c>, which needs the database.
/// </summary>
internal static class EmptyPasswordVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME@DOMAIN") { Description = "An account that exists: an unknown name is refused by every Kamailio." };
        var address = new Option<string>("--sip-address")
        {
            Description = "Kamailio's SIP listener over UDP. Default: the account's domain, port 5060.",
            HelpName = "HOST[:PORT]",
            DefaultValueFactory = _ => "",
        };
        var json = VerbOptions.Json();
        var verb = new Command("try-empty-password", "Try to register as an account with an empty password. Kamailio must refuse.") { name, address, json };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(name)?.Split('@') is not [{ Length: > 0 }, { Length: > 0 }])
                result.AddError($"'{result.GetValue(name)}' is not NAME@DOMAIN.");
        });
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var account = parsed.GetValue(name)!.Split('@') is [var user, var domain] ? new SipName(user, domain) : default;
            var login = new PasswordLogin(Options.Create(new KamailioOptions { Domains = account.Domain, SipAddress = parsed.GetValue(address)! }));
            return await VerbRun.AnswerAsync(new EmptyPasswordAnswer(account, await login.TryAsync(account, "", cancellationToken)), parsed.GetValue(json));
        });
        return verb;
    }
}

internal sealed class EmptyPasswordAnswer(SipName account, LoginOutcome outcome) : IVerbAnswer
{
    public bool NeedsAttention => outcome != LoginOutcome.Refused;

    public IEnumerable<string> Lines => [$"{account}: {Explain(outcome)}"];

    public string ToJson() => JsonSerializer.Serialize(
        new EmptyPasswordJson(!NeedsAttention, account.ToString(), VerbJson.Spell(outcome), Explain(outcome)), VerbJson.Default.EmptyPasswordJson);

    private static string Explain(LoginOutcome outcome) => outcome switch
    {
        LoginOutcome.Refused => "an empty password is refused.",
        LoginOutcome.LetIn => "an EMPTY password lets in! Switch Kamailio to this project's kamailio.cfg at once.",
        LoginOutcome.NoAnswer => "Kamailio doesn't answer SIP over UDP there. Check the address, the firewall, and that it runs.",
        LoginOutcome.TooOften => "too many wrong passwords came from here, so that Kamailio didn't look at this one. Ask again in a minute.",
        LoginOutcome.Unclear => "Kamailio's answer doesn't tell. Check that it runs this project's kamailio.cfg, serves the domain, and can reach its database.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

internal sealed record EmptyPasswordJson(bool Success, string Name, string Outcome, string Message);
