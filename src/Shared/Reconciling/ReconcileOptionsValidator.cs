using Microsoft.Extensions.Options;

namespace Neolia.Functions.Reconciling;

public sealed class ReconcileOptionsValidator : IValidateOptions<ReconcileOptions>
{
    public ValidateOptionsResult Validate(string? name, ReconcileOptions options)
    {
        var failures = new List<string>();
        if (options.MaxRemovedShare is not (>= 0 and <= 1))
            failures.Add($"Reconcile__MaxRemovedShare is {options.MaxRemovedShare}; it must be from 0 to 1, for example 0.1.");
        if (options.StatementTimeout < TimeSpan.FromSeconds(1) || options.StatementTimeout > TimeSpan.FromHours(1))
            failures.Add($"Reconcile__StatementTimeout is {options.StatementTimeout}; it must be from 00:00:01 to 01:00:00.");
        if (options.Interval < TimeSpan.FromSeconds(1) || options.Interval > TimeSpan.FromDays(7))
            failures.Add($"Reconcile__Interval is {options.Interval}; it must be from 00:00:01 to 7.00:00:00.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
