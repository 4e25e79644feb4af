using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>Numbers of the caller's sites that Kamailio answers with 484, because it can't tell which flat is meant.</summary>
public sealed class AmbiguousNumbers(SupabaseDatabase supabase)
{
    private const int MaxWarnings = 20;

    private const string ReadAmbiguousNumbers = """
        select site, building, left(number, 64), flats, own_building from public.ambiguous_numbers($1)
        """;

    private static readonly Sentence ThereIsMore = new(
        "There are more numbers that fit several flats.",
        "D'autres numéros correspondent à plusieurs logements.");

    /// <summary>A sentence for each, up to a limit.</summary>
    public async Task<IReadOnlyList<Sentence>> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var sentences = new List<Sentence>();
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        await using var command = session.CreateCommand(ReadAmbiguousNumbers);
        command.Parameters.Add(new() { Value = MaxWarnings + 1, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            sentences.Add(sentences.Count < MaxWarnings
                ? Of(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetBoolean(4))
                : ThereIsMore);
        }

        return sentences;
    }

    private static Sentence Of(string site, string building, string number, long flats, bool ownBuilding) => ownBuilding
        ? new Sentence(
            $"{site}, {building}: {flats} flats have devices with the extension {number}, so calls to it are refused. Give each flat its own.",
            $"{site}, {building} : {flats} logements ont des appareils avec le numéro court {number}, les appels vers celui-ci sont donc refusés. Donnez à chaque logement le sien.")
        : new Sentence(
            $"{site}: {number} fits {flats} flats as seen from {building}, so calls from there are refused. Give the flat that is meant an extension of its own.",
            $"{site} : vu de {building}, {number} correspond à {flats} logements, les appels depuis là sont donc refusés. Donnez un numéro court propre au logement voulu.");
}
