using System.CommandLine;
using Microsoft.Extensions.Options;
using Neolia.Functions.Checking;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Verbs;

internal static class AccountVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME[@DOMAIN]") { Description = "The account. Default: the first of Kamailio__Domains." };
        var json = VerbOptions.Json();
        var verb = new Command(
            "account", "Show one account on both sides: what Supabase says, what Kamailio's database holds, what differs and why. No digest is shown.")
        {
            name, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(name) is { } typed && !NameOf(typed, defaultDomain: "any").IsCanonical)
                result.AddError($"'{typed}' is not NAME or NAME@DOMAIN. Either is of letters without accents, digits, '.' and '-', NAME also of '_', 64 at most.");
        });
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(
            parsed.GetValue(json),
            async (services, _, token) =>
            {
                var wanted = NameOf(parsed.GetValue(name)!, services.GetRequiredService<IOptions<KamailioOptions>>().Value.DefaultDomain);
                var reader = services.GetRequiredService<AccountReader>();
                var desired = await AccountSide<SupabaseAccount>.ReadAsync(() => reader.ReadDesiredAsync(wanted, token), token);
                var held = await AccountSide<KamailioAccount>.ReadAsync(async () => await reader.ReadHeldAsync(wanted, desired.Found?.Id, token), token);
                return new AccountAnswer(wanted, desired, held);
            },
            cancellationToken));
        return verb;
    }

    // No account's name has upper case, and no part of one an '@'.
    private static SipName NameOf(string typed, string defaultDomain)
    {
        var parts = typed.ToLowerInvariant().Split('@', 2);
        return new SipName(parts[0], parts is [_, var domain] ? domain : defaultDomain);
    }
}
