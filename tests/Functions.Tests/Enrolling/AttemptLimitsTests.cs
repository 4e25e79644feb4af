using Microsoft.AspNetCore.Http;
using Neolia.Functions.Enrolling;

namespace Neolia.Functions.Tests.Enrolling;

public sealed class AttemptLimitsTests
{
    [Fact]
    public async Task A_link_is_looked_at_so_often_from_wherever_and_redeemed_all_the_same()
    {
        await using var limits = new AttemptLimits();
        var link = Guid.NewGuid();

        Assert.InRange(Enumerable.Range(0, 5 * AttemptLimits.PerLink).Count(i => limits.Admit(From($"203.0.113.{i}"), link, isRedeeming: false)), AttemptLimits.PerLink, AttemptLimits.PerLink + 3);
        Assert.True(limits.Admit(From("203.0.113.0"), link, isRedeeming: true));
    }

    [Fact]
    public async Task An_address_tries_so_many_links_and_others_are_not_held_up()
    {
        await using var limits = new AttemptLimits();

        Assert.InRange(Enumerable.Range(0, 5 * AttemptLimits.PerAddress).Count(_ => limits.Admit(From("203.0.113.7"), Guid.NewGuid(), isRedeeming: true)), AttemptLimits.PerAddress, AttemptLimits.PerAddress + 5);
        Assert.True(limits.Admit(From("203.0.113.8"), Guid.NewGuid(), isRedeeming: true));
    }

    private static DefaultHttpContext From(string address) => new() { Request = { Headers = { ["X-Forwarded-For"] = address } } };
}
