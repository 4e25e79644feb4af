using Neolia.Functions.Subjects;

namespace Neolia.ProtocolModel.Scheduling;

/// <summary>
/// A worker's lane, a user's session or a device: somebody whose statements reach the servers one by one, each when the
/// scenario lets it. Between two of them anything else may happen.
/// </summary>
internal sealed class Actor(string name, OneThread thread, Action<string>? log)
{
    private static readonly AsyncLocal<Actor?> s_current = new();

    [ThreadStatic]
    private static long s_waits;

    private TaskCompletionSource? _permission;
    private Func<bool>? _isFree;
    private string _next = "";
    private long _waitsSince;
    private Fault _fault;

    public string Name => name;

    /// <summary>Somebody reads what it does: sentences are worth making.</summary>
    public bool IsTraced => log is not null;

    /// <summary>Whose code is running: a process' lanes share its objects, and its statements are told apart by this.</summary>
    public static Actor Current => s_current.Value ?? throw new InvalidOperationException("No actor is at work.");

    /// <summary>Only with the bug that keeps them here instead of in a table.</summary>
    public SortedSet<(Guid Account, SipName Name)> RememberedKicks { get; } = [];

    /// <summary>What it does, when it does something.</summary>
    public Task? Work { get; private set; }

    public bool IsIdle => Work is null or { IsCompleted: true };

    /// <summary>Permission is given already: the same statement is done elsewhere, too.</summary>
    public bool PassesFreely { get; set; }

    /// <summary>Grows with everybody who begins to wait for a row; null for who doesn't wait.</summary>
    public long? WaitsSince => _permission is not null && _waitsSince > 0 ? _waitsSince : null;

    /// <summary>It waits for a row that another transaction holds.</summary>
    public bool IsBlocked => _permission is not null && _isFree?.Invoke() == false;

    public void Start(Func<Task> work) => thread.Run(() =>
    {
        s_current.Value = this;
        Work = work();
    });

    /// <summary>Lets the next statement reach its server. False when there is none, or it waits for a lock.</summary>
    public bool Step()
    {
        if (_permission is not { } permission || IsBlocked)
            return false;
        _permission = null;
        log?.Invoke($"{name}: {_next}");
        thread.Run(permission.SetResult);
        return true;
    }

    /// <summary>
    /// The next statement fails: before it reaches the server, or after, so that only its answer is lost. A statement
    /// that waits for a lock fails at once.
    /// </summary>
    public void Fail(Fault fault)
    {
        if (_permission is not { } permission)
            return;
        log?.Invoke($"{name}: {fault} at: {_next}");
        _fault = fault;
        if (!IsBlocked)
            return;
        _permission = null;
        thread.Run(permission.SetResult);
    }

    /// <summary>Its process is killed. Nothing of it runs any more.</summary>
    public void Kill()
    {
        log?.Invoke($"{name}: killed before: {(_permission is null ? "anything" : _next)}");
        _permission = null;
        Work = null;
        _fault = Fault.None;
        RememberedKicks.Clear();
    }

    /// <summary>Waits for the scenario's permission to do the next statement.</summary>
    /// <param name="what">For people.</param>
    /// <param name="isFree">Present when it waits for a lock: whether it could have it now.</param>
    public async Task PassAsync(string what, Func<bool>? isFree = null)
    {
        if (PassesFreely && isFree is null)
            return;
        _waitsSince = isFree is null ? 0 : ++s_waits;
        _next = what;
        _isFree = isFree;
        _permission = new TaskCompletionSource();
        await _permission.Task;
        if (_fault is Fault.None or Fault.AnswerLost)
            return;
        var fault = _fault;
        _fault = Fault.None;
        throw fault.ToException(isWaiting: isFree?.Invoke() == false);
    }

    public void ThrowIfAnswerIsLost()
    {
        if (_fault != Fault.AnswerLost)
            return;
        _fault = Fault.None;
        throw Fault.AnswerLost.ToException(isWaiting: false);
    }

    public void Note(string what)
    {
        if (IsTraced)
            log!($"{name}:   {what}");
    }
}
