using System.Globalization;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>Fields of opentelemetry-proto 1.x (trace/v1/trace.proto, metrics/v1/metrics.proto), by their numbers.</summary>
internal sealed record OtlpSpan(
    string Trace, string Id, string Parent, string Name, int Kind, IReadOnlyDictionary<string, string> Attributes, int Links, bool IsError)
{
    public static IEnumerable<OtlpSpan> ReadAll(byte[] body) =>
        from resource in new ProtoMessage(body).All(1)
        from scope in resource.All(2)
        from span in scope.All(2)
        select new OtlpSpan(
            span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)(span.Number(6) ?? 0), OtlpAttributes.Of(span, 9), span.All(13).Count(),
            span.All(15).Any(status => status.Number(3) == 2));
}

/// <param name="Value">Of a histogram how many values it counted.</param>
internal sealed record OtlpPoint(string Metric, string Unit, IReadOnlyDictionary<string, string> Attributes, double Value)
{
    public static IEnumerable<OtlpPoint> ReadAll(byte[] body) =>
        from resource in new ProtoMessage(body).All(1)
        from scope in resource.All(2)
        from metric in scope.All(2)
        from data in metric.All(5).Concat(metric.All(7)).Concat(metric.All(9))
        from point in data.All(1)
        let isHistogram = metric.All(9).Any()
        select new OtlpPoint(
            metric.Text(1), metric.Text(3), OtlpAttributes.Of(point, isHistogram ? 9 : 7),
            isHistogram ? point.Number(4) ?? 0 : point.Number(6) is { } whole ? (long)whole : point.Double(4) ?? double.NaN);
}

internal static class OtlpAttributes
{
    public static IReadOnlyDictionary<string, string> Of(ProtoMessage message, int field) => message.All(field).ToDictionary(
        pair => pair.Text(1),
        pair => pair.All(2).Single() is var value && value.Text(1) is { Length: > 0 } text ? text
            : value.Number(2) is { } flag ? flag == 1 ? "true" : "false"
            : (value.Number(3) ?? 0).ToString(CultureInfo.InvariantCulture));
}
