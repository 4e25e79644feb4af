using System.Diagnostics;
using Neolia.LocalStack;
using Neolia.LocalStack.Dashboard;
using Neolia.LocalStack.Supervision;

namespace Neolia.Dev;

/// <summary>The whole stack until Ctrl-C, with what is needed to point a dashboard, a phone or a client at it.</summary>
internal static class Up
{
    private const string Email = "installer@example.org";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        ExampleServer.RequireBuilt();
        var clock = Stopwatch.StartNew();
        await using var stack = await Stack.StartAsync(
            new StackOptions { Durable = true, WithExample = true, AppSettings = new Dictionary<string, string> { ["Registrations__Interval"] = "00:00:02" } },
            cancellationToken);
        var lite = stack.Lite!;
        using var dashboard = DashboardClient.Of(stack);
        var password = Secrets.NewPassword();
        await dashboard.SignUpAsync(Email, password, cancellationToken);
        await dashboard.SignInAsync(Email, password, cancellationToken);
        Console.WriteLine($"""
            Up after {clock.Elapsed.TotalSeconds:0.0} s, all on loopback. Everything is thrown away at the end.

            Dashboard         {dashboard.SignInLink(stack.Example!.Url)}
              signed in as    {Email}, password {password}
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
