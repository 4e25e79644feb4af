namespace Neolia.LocalStack.Sip;

/// <summary>Answers to requests (RFC 3261, 8.2.6).</summary>
internal static class SipResponse
{
    // Record-Route for those that set up a dialogue.
    private static readonly string[] Copied = ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"];

    public static SipMessage To(SipMessage request, int status, string reason, string? tag = null)
    {
        var response = new SipMessage($"SIP/2.0 {status} {reason}");
        foreach (var name in Copied)
            foreach (var value in request.All(name))
                response.Add(name, value);
        return tag is null || SipText.Parameter(response["To"]!, "tag") is not null
            ? response
            : response.Set("To", $"{response["To"]};tag={tag}");
    }
}
