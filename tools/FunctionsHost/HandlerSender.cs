namespace Neolia.FunctionsHost;

/// <summary>Sends to the handler, and notices when it ends over a request.</summary>
internal sealed class HandlerSender(Handler handler, Action<FaultKind, string> report) : IDisposable
{
    /// <summary>How often a request that can be repeated is sent when proxying.</summary>
    private const int MostAttempts = 10;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <param name="make">Makes the request, for each attempt anew; its URL is relative.</param>
    /// <param name="replays">True: sent again when the connection broke.</param>
    /// <exception cref="HttpRequestException">The connection broke.</exception>
    /// <exception cref="HandlerGoneException">There is no handler any more.</exception>
    public async Task<HttpResponseMessage> SendAsync(string function, Func<HttpRequestMessage> make, bool replays, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await handler.ReadyAsync(cancellationToken);
            try
            {
                using var request = make();
                request.RequestUri = new Uri(handler.Url, request.RequestUri!);
                return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            }
            catch (HttpRequestException)
            {
                if (await Handler.EndedByItselfAsync(run))
                    report(FaultKind.EndedByRequest, function);
                if (!replays || attempt == MostAttempts)
                    throw;
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
