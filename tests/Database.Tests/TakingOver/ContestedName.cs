using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>
/// The guest <c>panel101</c> with a contact, and an account of the same name that may not have it yet. Beside them the
/// guest <c>testuser</c>, who has a contact, too.
/// </summary>
public sealed class ContestedName : IAsyncDisposable
{
    private ContestedName(DrainRig rig) => (Rig, Worker) = (rig, rig.NewWorker());

    public DrainRig Rig { get; }

    public Worker Worker { get; }

    public Guid Unit { get; private set; }

    public Guid Account { get; private set; }

    /// <summary>The guest's device has it.</summary>
    public string Password { get; } = Functions.Credentials.Password.Generate();

    public Digests Digests => Digests.Of(new SipName("panel101", Dashboard.Domain), Password);

    public static async Task<ContestedName> CreateAsync(SupabaseFixture supabase, MariaDbFixture mariaDb)
    {
        var rig = await DrainRig.CreateAsync(supabase, mariaDb);
        var name = new ContestedName(rig) { Unit = await rig.Dashboard.CreateUnitAsync() };
        await rig.MySql.AddGuestAsync("testuser");
        await rig.MySql.ExecuteAsync(
            $"insert into subscriber (username, domain, password, ha1, ha1b) values ('panel101', '{Dashboard.Domain}', '', '{name.Digests.Ha1}', '{name.Digests.Ha1b}')");
        await rig.MySql.RegisterAsync("panel101");
        await rig.MySql.RegisterAsync("testuser");
        name.Account = await rig.Dashboard.CreateAccountAsync(name.Unit, "panel101");
        await name.Worker.DrainAsync();
        Assert.Equal("failed|0|name_in_use|1", await rig.Dashboard.SyncStateAsync(name.Account));
        return name;
    }

    public async Task<List<string>> EverythingAsync() =>
    [
        .. await Rig.MySql.RowsAsync("select id, cast(username as binary), cast(domain as binary), password, ha1, ha1b from subscriber order by id"),
        .. await Rig.MySql.RowsAsync("select * from neolia_identity order by domain, username"),
        .. await Rig.MySql.RowsAsync("select * from neolia_account order by account_id"),
        .. await Rig.MySql.RowsAsync("select * from location order by id"),
        .. await Rig.Postgres.RowsAsync("select c::text from kamailio_sync.credentials c order by 1"),
        .. await Rig.Postgres.RowsAsync("select q::text from kamailio_sync.queue q order by 1"),
        .. await Rig.Postgres.RowsAsync("select s::text from sip_account_sync s order by 1"),
    ];

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
