using System.Globalization;
using System.Text;
using MySqlConnector;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Kamailio;

/// <summary>
/// Puts statements over lists of values together: text with a placeholder for each value, and the values beside it as
/// parameters. Several statements in one command are one round trip.
/// </summary>
public sealed class Statement
{
    private readonly StringBuilder _text = new();
    private readonly List<object?> _values = [];

    public bool IsEmpty => _text.Length == 0;

    /// <summary>Appends a piece of SQL, with a value for each <c>?</c> in it.</summary>
    public Statement Append(string sql, params ReadOnlySpan<object?> values)
    {
        _text.Append(sql);
        _values.AddRange(values);
        return this;
    }

    /// <summary>Appends <c>(?, ?), (?, ?)</c>: a row for each item, for <c>values</c>.</summary>
    public Statement AppendRows<T>(IEnumerable<T> items, Func<T, object?[]> row) => AppendList(items, item =>
    {
        var values = row(item);
        _text.Append('(').AppendJoin(", ", Enumerable.Repeat('?', values.Length)).Append(')');
        _values.AddRange(values);
    });

    /// <summary>Appends a row for each item as the pattern says, such as <c>(?, ?, now(6))</c>, with a value for each <c>?</c> in it.</summary>
    public Statement AppendRows<T>(IEnumerable<T> items, string pattern, Func<T, object?[]> values) => AppendList(items, item =>
    {
        _text.Append(pattern);
        _values.AddRange(values(item));
    });

    /// <summary>Appends <c>?, ?, ?</c>: the inside of an <c>in (…)</c>.</summary>
    public Statement AppendValues<T>(IEnumerable<T> items) => AppendList(items, item =>
    {
        _text.Append('?');
        _values.Add(item);
    });

    /// <summary>
    /// Appends a condition that matches the names, one <c>in</c> list a domain, so that both servers search the index
    /// by ranges instead of scanning.
    /// </summary>
    public Statement AppendNameCondition(IEnumerable<SipName> names, string alias = "")
    {
        var separator = "(";
        foreach (var domain in names.GroupBy(n => n.Domain, StringComparer.Ordinal))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{separator}{alias}domain = ? and {alias}username in (");
            _values.Add(domain.Key);
            AppendValues(domain.Select(n => n.Username)).Append(")");
            separator = " or ";
        }

        return Append(")");
    }

    public MySqlCommand On(MySqlConnection connection, MySqlTransaction? transaction = null)
    {
        var command = new MySqlCommand(_text.ToString(), connection, transaction);
        foreach (var value in _values)
            command.Parameters.Add(new MySqlParameter { Value = value is Guid id ? id.ToString() : value ?? DBNull.Value });
        return command;
    }

    private Statement AppendList<T>(IEnumerable<T> items, Action<T> append)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                _text.Append(", ");
            append(item);
            first = false;
        }

        return this;
    }
}
