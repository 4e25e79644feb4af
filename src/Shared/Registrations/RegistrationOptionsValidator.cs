using Microsoft.Extensions.Options;

namespace Neolia.Functions.Registrations;

public sealed class RegistrationOptionsValidator : IValidateOptions<RegistrationOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RegistrationOptions options) =>
        options.Interval >= Shortest && options.Interval <= Longest
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Registrations__Interval is {options.Interval}; it must be from {Shortest} to {Longest} (hours:minutes:seconds)");
}
