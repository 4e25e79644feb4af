using Neolia.Functions.Hosting;
using Neolia.Functions.Verbs;

if (CommandLine.IsMeantBy(args))
    return await CommandLine.RunAsync(args);

await using var app = FunctionServer.Build(WebApplication.CreateSlimBuilder(args));
return await app.RunUntilStoppedAsync();
