namespace Neolia.Functions.Applying;

/// <summary>Kamailio's database can't be worked with: nothing of the batch was applied, or nobody knows.</summary>
public sealed class KamailioOutageException(Exception cause)
    : Exception("Kamailio's database can't be reached or used.", cause);
