namespace Neolia.LocalStack.Sip;

/// <summary>The server closed the connection, or it broke; the device does not connect again.</summary>
public sealed class SipConnectionLostException(string message, Exception? why = null) : IOException(message, why);
