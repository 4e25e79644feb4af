namespace Neolia.Functions.Reading;

/// <summary>
/// Row level security hides an account from this program. Everything stops: what it can't see it would delete.
/// </summary>
public sealed class HiddenAccountException()
    : Exception("Row level security hides accounts from the role neolia_functions. Restore its policies 'function_app', and remove restrictive ones.");
