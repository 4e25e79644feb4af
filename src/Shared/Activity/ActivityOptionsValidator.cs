using Microsoft.Extensions.Options;

namespace Neolia.Functions.Activity;

public sealed class ActivityOptionsValidator : IValidateOptions<ActivityOptions>
{
    public ValidateOptionsResult Validate(string? name, ActivityOptions options)
    {
        var failures = new List<string>();
        if (options.Language is not ("fr" or "en"))
            failures.Add($"Activity__Language is '{options.Language}' and must be 'fr' or 'en'");
        if (options.KeepFor < TimeSpan.FromDays(1))
            failures.Add($"Activity__KeepFor is {options.KeepFor} and must be at least 1.00:00:00 (days.hours:minutes:seconds)");
        if (options.GroupAbove is < 1 or > 1000)
            failures.Add($"Activity__GroupAbove is {options.GroupAbove} and must be from 1 to 1000");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
