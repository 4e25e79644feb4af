using Microsoft.Extensions.Options;
using Neolia.Functions.Hosts;

namespace Neolia.Functions.Enrolling;

internal sealed class EnrolmentOptionsValidator : IValidateOptions<EnrolmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrolmentOptions options) => options.Origin.Length == 0 || IsOrigin(options.Origin)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Enrolment__Origin must be a scheme and a host without a path, and https outside loopback");

    // A password is answered to who asks there.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && Loopback.Is(uri.Host)));
}
