using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>A building with the flat 401, the panel in it and the station at its door; both devices are registered.</summary>
internal sealed record House(Guid Site, Guid Building, Guid Flat, Line PanelLine, SipDevice Panel, SipDevice Station);
