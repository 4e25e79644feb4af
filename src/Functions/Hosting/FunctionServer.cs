using Neolia.Functions.Enrolling;
using Neolia.Functions.Health;
using Neolia.Functions.KamailioSync;
using Neolia.Functions.SipAccounts;
using Neolia.Functions.Telemetry;
using Neolia.Functions.Timers;
using Neolia.Functions.Tokens;
using Neolia.Functions.Vault;
using Neolia.Functions.Webhooks;

namespace Neolia.Functions.Hosting;

/// <summary>The server, put together: all that it consists of and all that it answers.</summary>
internal static class FunctionServer
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddListener();
        builder.AddSecrets();
        builder.AddDatabases();
        builder.AddDrain();
        builder.Services.AddHostedService<DrainService>();
        builder.AddActivityLog();
        builder.AddReconcile();
        builder.Services.AddSingleton<ReconcileService>().AddHostedService(provider => provider.GetRequiredService<ReconcileService>());
        builder.AddRegistrations();
        builder.AddWebhooks();
        builder.AddUserTokens();
        builder.AddKamailioSync();
        builder.AddEnrolling();
        builder.AddLocalCors();
        builder.AddTelemetry();

        var app = builder.Build();
        app.UseRequestSpans();
        app.UseFaultAnswers();
        app.UseCors();
        app.MapHealth();
        app.MapWebhooks();
        app.MapKamailioSync();
        app.MapSipAccounts();
        app.MapEnrolling();
        app.MapTimers();
        app.MapReconcile();
        app.MapRegistrations();
        return app;
    }
}
