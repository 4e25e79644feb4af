using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Subjects;

public sealed class SipNameTests
{
    public static TheoryData<string, string, bool> Names => new()
    {
        { "panel401", "sip.neolia.app", true },
        { "a", "b", true },
        { "intercom-401_x.y", "sip-2.neolia.app", true },
        { new string('a', 64), new string('b', 64), true },
        { new string('a', 65), "sip.neolia.app", false },
        { "panel401", new string('b', 65), false },
        { "", "sip.neolia.app", false },
        { "panel401", "", false },
        { "Panel401", "sip.neolia.app", false },
        { "panel401", "Sip.neolia.app", false },
        { "panel401 ", "sip.neolia.app", false },
        { " panel401", "sip.neolia.app", false },
        { "panel401\n", "sip.neolia.app", false },
        { "panel401", "sip.neolia.app\n", false },
        { "panel@401", "sip.neolia.app", false },
        { "panél401", "sip.neolia.app", false },
        { "panel401", "sip_neolia.app", false },
        { "panel٤", "sip.neolia.app", false },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_canonical_names_are_synced(string username, string domain, bool canonical) =>
        Assert.Equal(canonical, new SipName(username, domain).IsCanonical);

    [Fact]
    public void Names_are_ordered_by_domain_and_then_by_user_byte_by_byte()
    {
        SipName[] ordered = [new("z", "a.app"), new("a-b", "b.app"), new("a.b", "b.app"), new("a1", "b.app"), new("a_b", "b.app"), new("ab", "b.app")];

        Assert.Equal(ordered, ordered.Reverse().Order());
        Assert.True(ordered[0] < ordered[1] && ordered[1] > ordered[0]);
    }
}
