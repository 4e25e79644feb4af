using System.Globalization;
using System.Net;
using System.Text.Json;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Dashboard;

/// <summary>
/// Serves the dashboard's example page, as ./dev builds it, with the addresses of one stack. Supabase is reached under
/// the page's own origin: a hosted project lets every origin in, and @supabase/lite's /auth/v1 lets none.
/// </summary>
public sealed class ExampleServer : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["/"] = "text/html; charset=utf-8",
        ["/main.js"] = "text/javascript; charset=utf-8",
        ["/main.css"] = "text/css; charset=utf-8",
    };

    // Of one connection, not of the message (RFC 9110, 7.6.1), or made anew by whoever sends.
    private static readonly HashSet<string> OfTheConnection =
        new(["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Host", "Date", "Server", "Accept-Encoding"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpListener _listener = new();
    private readonly HttpClient _supabase;
    private readonly byte[] _config;
    private readonly Task _serving;

    private ExampleServer(LoopbackPort port, Uri supabase, object config)
    {
        Url = new Uri(OriginOf(port) + "/");
        _supabase = new HttpClient { BaseAddress = supabase };
        _config = JsonSerializer.SerializeToUtf8Bytes(config, JsonSerializerOptions.Web);
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    private static string Folder => Path.Combine(Repository.Root, "artifacts", "dashboard");

    /// <summary>What a browser calls the page's origin: the app's CORS must let it in.</summary>
    public static string OriginOf(LoopbackPort port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port.Number}");

    public static ExampleServer Start(LoopbackPort port, Uri supabase, string publishableKey, Uri functions) => new(port, supabase, new
    {
        SupabaseUrl = OriginOf(port),
        SupabaseKey = publishableKey,
        FunctionsUrl = new Uri(functions, "/api").AbsoluteUri,
    });

    /// <summary>For those who will look at the page: a stack starts without it.</summary>
    public static void RequireBuilt()
    {
        if (!File.Exists(Path.Combine(Folder, "main.js")))
            throw new FileNotFoundException($"{Folder} has no built example: run ./dev dashboard (./dev up and ./dev test do that by themselves)");
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _supabase.Dispose();
    }

    private async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                answering.RemoveAll(one => one.IsCompleted);
                answering.Add(AnswerAsync(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException && !_listener.IsListening)
        {
            await Task.WhenAll(answering);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        try
        {
            using var response = context.Response;
            response.Headers["Cache-Control"] = "no-store";
            if (path.StartsWith("/rest/v1/", StringComparison.Ordinal) || path.StartsWith("/auth/v1/", StringComparison.Ordinal))
                await ForwardAsync(context.Request, response);
            else if (path == "/config.json")
                await WriteAsync(response, "application/json", _config);
            else if (Types.TryGetValue(path, out var type))
                await WriteAsync(response, type, await File.ReadAllBytesAsync(Path.Combine(Folder, path == "/" ? "index.html" : path[1..])));
            else
                response.StatusCode = (int)HttpStatusCode.NotFound;
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or HttpRequestException or IOException)
        {
            // The browser has left, or Supabase's side is being stopped: the connection ends without an answer.
            context.Response.Abort();
        }
    }

    private async Task ForwardAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.HttpMethod), request.RawUrl);
        if (request.HasEntityBody)
            forwarded.Content = new StreamContent(request.InputStream);
        foreach (string name in request.Headers)
        {
            if (!OfTheConnection.Contains(name) && !forwarded.Headers.TryAddWithoutValidation(name, request.Headers[name]))
                forwarded.Content?.Headers.TryAddWithoutValidation(name, request.Headers[name]);
        }

        using var answer = await _supabase.SendAsync(forwarded);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
                response.Headers[name] = string.Join(',', values);
        }

        // Neither has a body, and a listener that is given one fails.
        if (answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified) && request.HttpMethod != "HEAD")
            await WriteAsync(response, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task WriteAsync(HttpListenerResponse response, string? type, byte[] body)
    {
        response.ContentType = type;
        response.ContentLength64 = body.Length;
        await response.OutputStream.WriteAsync(body);
    }
}
