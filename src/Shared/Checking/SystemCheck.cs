using Neolia.Functions.Supabase;

namespace Neolia.Functions.Checking;

/// <summary>Measures everything side by side; what hangs holds up nothing else, and nobody for long.</summary>
public sealed class SystemCheck(SupabaseCheck supabase, KamailioDatabaseCheck kamailio, SipCheck sip, TimeProvider clock)
{
    // Enough that a dashboard which asks all the time costs next to nothing; short enough that who repairs something and asks
    // again is told.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly SharedMeasurement<SystemState> _shared = new(() => MeasureAllAsync(supabase, kamailio, sip), FreshFor, clock);

    /// <param name="caller">Whose accounts are counted.</param>
    public async Task<SystemState> MeasureAsync(Caller caller, CancellationToken cancellationToken)
    {
        var state = await _shared.AskAsync(cancellationToken);
        return state with { Supabase = await supabase.CountAsync(state.Supabase, caller, cancellationToken) };
    }

    // No caller's token: others wait for the same. Each part has a time-out.
    private static async Task<SystemState> MeasureAllAsync(SupabaseCheck supabase, KamailioDatabaseCheck kamailio, SipCheck sip)
    {
        var ofSupabase = supabase.MeasureAsync(CancellationToken.None);
        var ofKamailio = kamailio.MeasureAsync(CancellationToken.None);
        var ofSip = sip.MeasureAsync(ofKamailio, CancellationToken.None);
        await Task.WhenAll(ofSupabase, ofKamailio, ofSip);
        return new SystemState(await ofSupabase, await ofKamailio, await ofSip);
    }
}
