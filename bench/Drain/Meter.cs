using System.Diagnostics;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;
using Neolia.LocalStack.Functions;

namespace Neolia.Bench.Drain;

/// <summary>Time, and the processor time that each part took meanwhile: which of them bounds a figure.</summary>
internal sealed class Meter(Town town, IReadOnlyList<FunctionApp> apps)
{
    private readonly TimeSpan _appsBefore = Apps(apps);
    private readonly TimeSpan _postgresBefore = Postgres(town);
    private readonly TimeSpan _mySqlBefore = MySql(town);

    public long Started { get; init; } = Stopwatch.GetTimestamp();

    public Run Stop(int rows) => new(
        rows / Stopwatch.GetElapsedTime(Started).TotalSeconds,
        (Apps(apps) - _appsBefore).TotalMicroseconds / rows,
        (Postgres(town) - _postgresBefore).TotalMicroseconds / rows,
        (MySql(town) - _mySqlBefore).TotalMicroseconds / rows);

    private static TimeSpan Apps(IReadOnlyList<FunctionApp> apps) =>
        TimeSpan.FromTicks(apps.Sum(app => ProcessorTime.Of(app.Process.ProcessId).Ticks));

    private static TimeSpan Postgres(Town town) => ProcessorTime.Of(town.Stack.Postgres.Process.ProcessId);

    private static TimeSpan MySql(Town town) => ProcessorTime.Of(town.Stack.MariaDb.Process.ProcessId);
}

/// <summary>Microseconds of processor time are per row.</summary>
internal sealed record Run(double RowsPerSecond, double AppMicroseconds, double PostgresMicroseconds, double MySqlMicroseconds);
