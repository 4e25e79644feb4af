namespace Neolia.LocalStack.Sip.Calls;

/// <summary>What a device does of its own accord when a call comes in; the rest is up to <see cref="IncomingCall"/>.</summary>
public enum CallBehaviour
{
    /// <summary>180 Ringing.</summary>
    Ring,

    /// <summary>180 Ringing, then 200 OK with <see cref="SessionDescription.SilentAudio"/>.</summary>
    Answer,

    /// <summary>486 Busy Here.</summary>
    Busy,

    /// <summary>Nothing, not even 100 Trying: a device that is registered and switched off.</summary>
    StaySilent,
}
