using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;

namespace Neolia.Functions.Draining;

/// <summary>Each fault is the first half of a sentence that begins with the setting's name; the program adds where it comes from.</summary>
public sealed class DrainOptionsValidator : IValidateOptions<DrainOptions>
{
    public ValidateOptionsResult Validate(string? name, DrainOptions options)
    {
        var failures = new List<string>();
        if (options.BatchSize is < 1 or > AccountApplier.MaxBatchSize)
            failures.Add($"Drain__BatchSize is {options.BatchSize} and must be from 1 to {AccountApplier.MaxBatchSize}");
        if (options.Lanes is < 1 or > 16)
            failures.Add($"Drain__Lanes is {options.Lanes} and must be from 1 to 16");

        Require(nameof(options.Lease), options.Lease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Require(nameof(options.BackoffFrom), options.BackoffFrom, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Require(nameof(options.BackoffTo), options.BackoffTo, options.BackoffFrom, TimeSpan.FromHours(1));
        Require(nameof(options.OutageBackoff), options.OutageBackoff, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        Require(nameof(options.LingerPoll), options.LingerPoll, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        Require(nameof(options.LingerFor), options.LingerFor, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Require(nameof(options.WebhookBudget), options.WebhookBudget, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Require(nameof(options.RequestBudget), options.RequestBudget, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(200));
        Require(nameof(options.Interval), options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(string setting, TimeSpan value, TimeSpan from, TimeSpan to)
        {
            if (value < from || value > to)
                failures.Add($"Drain__{setting} is {value} and must be from {from} to {to} (hours:minutes:seconds)");
        }
    }
}
