using Neolia.Functions.Health;
using Neolia.Functions.Hosting;
using Neolia.Functions.KamailioSync;
using Neolia.Functions.Timers;
using Neolia.Functions.Tokens;
using Neolia.Functions.Webhooks;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddListener();
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
app.MapTimers();
return await app.RunUntilStoppedAsync();
