namespace Neolia.LocalStack.Sip;

/// <summary>No final answer came before timer F ran out (RFC 3261, 17.1.2.2).</summary>
public sealed class SipTimeoutException(string method, TimeSpan after)
    : TimeoutException($"No final answer to {method} within {after.TotalSeconds:0.###} s.");
