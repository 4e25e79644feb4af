using System.Reflection;
using Microsoft.Extensions.Logging;
using Neolia.Functions.Logging;

namespace Neolia.Infra.Tests.Alerts;

/// <summary>Every event that the program can log, each as the line that its console writes.</summary>
internal static class ProgramEvents
{
    public static IReadOnlyDictionary<string, string> Lines { get; } = new[] { typeof(Events), typeof(RequestEvents) }
        .SelectMany(registry => registry.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetParameters().FirstOrDefault()?.ParameterType == typeof(ILogger))
        .ToDictionary(method => method.Name, Write);

    public static string QueueMeasured(long waiting, long oldestSeconds, long failed)
    {
        var line = new OneLine();
        line.QueueMeasured(waiting, oldestSeconds, failed);
        return line.Written;
    }

    private static string Write(MethodInfo method)
    {
        var line = new OneLine();
        var values = method.GetParameters().Skip(1).Select(p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null);
        method.Invoke(null, [line, .. values]);
        return line.Written;
    }

    /// <summary>In the form of the program's single-line console; that it is the form, QueueReportTests shows with the program itself.</summary>
    private sealed class OneLine : ILogger
    {
        public string Written { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written = $"info: Neolia.Functions.Draining.DrainRunner[{eventId.Id}] {formatter(state, exception)}";
    }
}
