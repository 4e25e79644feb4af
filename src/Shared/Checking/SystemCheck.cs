using Neolia.Functions.Supabase;

namespace Neolia.Functions.Checking;

/// <summary>Measures everything side by side; what hangs holds up nothing else, and nobody for long.</summary>
public sealed class SystemCheck(SupabaseCheck supabase, KamailioDatabaseCheck kamailio, SipCheck sip)
{
    /// <param name="caller">Whose accounts without credentials are counted.</param>
    public async Task<SystemState> MeasureAsync(Caller caller, CancellationToken cancellationToken)
    {
        var ofSupabase = supabase.MeasureAsync(caller, cancellationToken);
        var ofKamailio = kamailio.MeasureAsync(cancellationToken);
        var ofSip = sip.MeasureAsync(ofKamailio, cancellationToken);
        await Task.WhenAll(ofSupabase, ofKamailio, ofSip);
        return new SystemState(await ofSupabase, await ofKamailio, await ofSip);
    }
}
