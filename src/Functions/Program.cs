using Neolia.Functions.Health;
using Neolia.Functions.Hosting;
using Neolia.Functions.KamailioSync;
using Neolia.Functions.SipAccounts;
using Neolia.Functions.Timers;
using Neolia.Functions.Tokens;
using Neolia.Functions.Vault;
using Neolia.Functions.Verbs;
using Neolia.Functions.Webhooks;

if (CommandLine.IsMeantBy(args))
    return await CommandLine.RunAsync(args);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddListener();
builder.AddSecrets();
builder.AddDatabases();
builder.AddDrain();
builder.AddWebhooks();
builder.AddUserTokens();
builder.AddKamailioSync();
builder.AddLocalCors();

var app = builder.Build();
app.UseFaultAnswers();
app.UseCors();
app.MapHealth();
app.MapWebhooks();
app.MapKamailioSync();
app.MapSipAccounts();
app.MapTimers();
return await app.RunUntilStoppedAsync();
