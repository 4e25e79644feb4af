namespace Neolia.Functions.Checking;

/// <summary>What is wrong, the worst first.</summary>
public static class Findings
{
    public static IEnumerable<Finding> Of(SystemState state) => InOrderOfCause(state).OrderBy(f => f.Severity);

    private static IEnumerable<Finding> InOrderOfCause(SystemState state) =>
    [
        .. SipFindings.OfOpenDoors(state.Sip),
        .. DatabaseFindings.OfKamailio(state.Kamailio),
        .. DatabaseFindings.OfSupabase(state.Supabase),
        .. SipFindings.OfSilence(state.Sip, state.Kamailio),
        .. QueueFindings.Of(state.Supabase),
        .. DatabaseFindings.OfClock("Supabase", state.Supabase.ClockSkew),
        .. DatabaseFindings.OfClock("Kamailio", state.Kamailio.ClockSkew),
    ];
}
