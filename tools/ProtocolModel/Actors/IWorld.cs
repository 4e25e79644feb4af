using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>What everybody's statements reach: the models alone, or the models and real servers side by side.</summary>
internal interface IWorld
{
    IDrainStatements Drain { get; }

    IUserStatements Users { get; }

    IDeviceStatements Devices { get; }

    /// <summary>Real servers can't be interrupted within a statement, choose who gets a lock, and keep their own time.</summary>
    bool HasRealServers { get; }

    Task MarkAgainAsync(IReadOnlyCollection<Guid> accounts);

    /// <summary>The operator adds a subscriber by hand, or removes the one that is there.</summary>
    Task ToggleGuestAsync(SipName name);

    void Pass(TimeSpan time);

    /// <summary>Their process is gone, and its connections with it.</summary>
    void Killed(IReadOnlyList<Actor> lanes);
}

/// <summary>The models of both databases.</summary>
internal sealed class ModelWorld : IWorld
{
    public ModelWorld(Defect defect, bool isFineGrained, Guid? unit = null)
    {
        Supabase = unit is { } id ? new SupabaseModel(Clock, defect, isFineGrained) { Unit = id } : new SupabaseModel(Clock, defect, isFineGrained);
        Kamailio = new KamailioModel(defect, isFineGrained);
        Marks = new MarkStatements(Supabase);
        Drain = new DrainStatementsModel(new QueueStatements(Supabase, Marks), Kamailio);
        Users = new UserStatementsModel(Supabase, new UserStatements(Supabase, Marks));
        Devices = new DeviceStatementsModel(Kamailio);
    }

    public Clock Clock { get; } = new();

    public SupabaseModel Supabase { get; }

    public KamailioModel Kamailio { get; }

    public MarkStatements Marks { get; }

    public IDrainStatements Drain { get; }

    public IUserStatements Users { get; }

    public IDeviceStatements Devices { get; }

    public bool HasRealServers => false;

    public Task MarkAgainAsync(IReadOnlyCollection<Guid> accounts) => Marks.MarkAgainAsync(accounts);

    public Task ToggleGuestAsync(SipName name) => Kamailio.StatementAsync($"adds or removes the guest {name}", t =>
    {
        var there = Kamailio.Subscribers.Find(name);
        if (there?.Password != "" && Kamailio.Subscribers.TryLock(name, t))
            Kamailio.Subscribers.Write(name, there is null ? new(Kamailio.NewId(), name.Username, name.Domain, "by hand", $"guest {name}", "") : null, t);
        return Task.CompletedTask;
    });

    public void Pass(TimeSpan time) => Clock.Pass(time);

    public void Killed(IReadOnlyList<Actor> lanes)
    {
        Supabase.RollbackAll(t => lanes.Contains(t.Actor));
        Kamailio.RollbackAll(t => lanes.Contains(t.Actor));
    }
}
