using System.Diagnostics;
using Neolia.LocalStack;

namespace Neolia.Dev;

/// <summary>The whole stack until Ctrl-C, with what is needed to point a dashboard, a phone or a client at it.</summary>
internal static class Up
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var stack = await Stack.StartAsync(new StackOptions { Durable = true }, cancellationToken);
        var lite = stack.Lite!;
        Console.WriteLine($"""
            Up after {clock.Elapsed.TotalSeconds:0.0} s, all on loopback. Everything is thrown away at the end.

            Supabase          {lite.Url}   (/rest/v1, /auth/v1)
              publishable key {lite.Keys.Publishable}
              secret key      {lite.Keys.Secret}
              JWT secret      {lite.Keys.JwtSecret}
            Function app      {stack.App!.Url}api/kamailio-sync
              doorbell        {stack.DoorbellUrl}
              doorbell secret {stack.WebhookSecret}
              log             {stack.App.Process.Folder}/server.log
            Kamailio          sip:{stack.Kamailio.SipAddress}   (udp, tcp)
              log             {stack.Kamailio.Process.Folder}/server.log
            PostgreSQL
              owner           {stack.Project.OwnerUrl}
              function app    {stack.Project.AppConnectionString}
              superuser       {stack.Project.SuperuserConnectionString}
            MariaDB
              Kamailio        {stack.KamailioDatabase.KamailioUrl}
              function app    {stack.KamailioDatabase.AppConnectionString}
              root            {stack.KamailioDatabase.RootConnectionString}

            Ctrl-C ends it.
            """);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine("Ending.");
        return 0;
    }
}
