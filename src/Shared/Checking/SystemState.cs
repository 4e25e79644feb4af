namespace Neolia.Functions.Checking;

/// <summary>All that was measured at one moment.</summary>
public sealed record SystemState(SupabaseState Supabase, KamailioState Kamailio, SipState Sip);
