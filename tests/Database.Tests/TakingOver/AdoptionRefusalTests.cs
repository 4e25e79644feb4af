using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.TakingOver;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>What is not fit to be taken over stays as it is.</summary>
public sealed class AdoptionRefusalTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private ContestedName _name = null!;

    public async ValueTask InitializeAsync() => _name = await ContestedName.CreateAsync(supabase, mariaDb);

    public ValueTask DisposeAsync() => _name.DisposeAsync();

    [Theory]
    [InlineData("nobody", AdoptionOutcome.NoSuchSubscriber)]
    [InlineData("testuser", AdoptionOutcome.NoSuchAccount)]
    [InlineData("Panel101", AdoptionOutcome.NotCanonical)]
    public async Task Name_without_both_sides_is_refused(string name, AdoptionOutcome expected)
    {
        var before = await _name.EverythingAsync();
        await using var adopting = new AdoptionRig(_name.Rig);

        Assert.Equal(expected, await adopting.AdoptAsync(name));

        Assert.Equal(before, await _name.EverythingAsync());
    }

    [Theory]
    [InlineData("update subscriber set ha1 = '' where username = 'panel101'", AdoptionOutcome.NoUsableDigest)]
    [InlineData("update subscriber set username = 'Panel101' where username = 'panel101'", AdoptionOutcome.SpelledOtherwise)]
    [InlineData("alter table subscriber drop key account_idx; insert into subscriber (username, domain, ha1, ha1b) select 'PANEL101', domain, ha1, ha1b from subscriber where username = 'panel101'", AdoptionOutcome.Doubled)]
    [InlineData("update neolia_identity set account_id = uuid() where username = 'panel101'", AdoptionOutcome.OwnedByAnother)]
    public async Task Subscriber_that_is_not_fit_is_refused(string change, AdoptionOutcome expected)
    {
        await _name.Rig.MySql.ExecuteAsync(change);
        var before = await _name.EverythingAsync();
        await using var adopting = new AdoptionRig(_name.Rig);

        Assert.Equal(expected, await adopting.AdoptAsync("panel101"));

        Assert.Equal(before, await _name.EverythingAsync());
    }

    [Fact]
    public async Task Disabled_account_is_refused_because_its_devices_would_be_cut_off()
    {
        await _name.Rig.Dashboard.SetAsync(_name.Account, "enabled = false");
        await _name.Worker.DrainAsync();
        await using var adopting = new AdoptionRig(_name.Rig);

        Assert.Equal(AdoptionOutcome.AccountDisabled, await adopting.AdoptAsync("panel101"));
    }
}
