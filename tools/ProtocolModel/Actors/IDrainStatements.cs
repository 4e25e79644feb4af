using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Reading;
using Neolia.ProtocolModel.Databases;

namespace Neolia.ProtocolModel.Actors;

/// <summary>All that a drain says to the two databases.</summary>
internal interface IDrainStatements
{
    IClaimStatements Claim { get; }

    IDesiredReader Read { get; }

    IKickStatements Kick { get; }

    IAcknowledger Acknowledge { get; }

    IVersionRenewal Renew { get; }

    Task<IAccountSession> OpenSessionAsync(CancellationToken cancellationToken);
}

/// <summary>To the models of the databases, in memory.</summary>
internal sealed class DrainStatementsModel(QueueStatements queue, KamailioModel kamailio) : IDrainStatements
{
    public IClaimStatements Claim => queue;

    public IDesiredReader Read => queue;

    public IKickStatements Kick { get; } = new KickStatementsModel(kamailio);

    public IAcknowledger Acknowledge => queue;

    public IVersionRenewal Renew => queue;

    public Task<IAccountSession> OpenSessionAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IAccountSession>(new AccountSessionModel(kamailio));
}
