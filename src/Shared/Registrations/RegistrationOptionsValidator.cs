using Microsoft.Extensions.Options;

namespace Neolia.Functions.Registrations;

public sealed class RegistrationOptionsValidator : IValidateOptions<RegistrationOptions>
{
    public ValidateOptionsResult Validate(string? name, RegistrationOptions options)
    {
        var failures = new List<string>();
        Require(nameof(options.Interval), options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Require(nameof(options.Budget), options.Budget, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20));
        Require(nameof(options.LastSeenLag), options.LastSeenLag, TimeSpan.Zero, TimeSpan.FromDays(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(string setting, TimeSpan value, TimeSpan from, TimeSpan to)
        {
            if (value < from || value > to)
                failures.Add($"Registrations__{setting} is {value} and must be from {from} to {to} (hours:minutes:seconds)");
        }
    }
}
