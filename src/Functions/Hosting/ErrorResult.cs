using Neolia.Functions.Wording;

namespace Neolia.Functions.Hosting;

/// <summary>A refusal in the language of who asked.</summary>
internal sealed class ErrorResult(int status, Sentence error, IReadOnlyList<Sentence> details) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var language = httpContext.AnswerLanguage();
        httpContext.Response.StatusCode = status;
        return httpContext.Response.WriteAsJsonAsync(
            new ErrorAnswer(error.In(language), [.. details.Select(d => d.In(language))]), HostingJson.Default.ErrorAnswer);
    }
}
