namespace Neolia.Chaos.Workload;

/// <param name="Function">In schema chaos (workload.sql).</param>
/// <param name="Weight">How often, against the others.</param>
/// <param name="MayPause">It can hold its rows for a while before it commits.</param>
internal sealed record Operation(string Function, int Weight, bool MayPause = false)
{
    public static readonly IReadOnlyList<Operation> All =
    [
        new("op_create", 20), new("op_remove", 6), new("op_recreate", 10), new("op_rename", 12), new("op_swap", 12, MayPause: true),
        new("op_toggle", 10, MayPause: true), new("op_rekey", 14, MayPause: true), new("op_move", 8), new("op_import", 4),
        new("op_rekey_many", 10), new("op_change_many", 10), new("op_cascade", 3, MayPause: true), new("op_build", 6),
        new("op_move_unit", 5), new("op_move_building", 2, MayPause: true), new("op_rules", 6, MayPause: true),
    ];

    private static readonly int TotalWeight = All.Sum(operation => operation.Weight);

    public static Operation Draw(Random random)
    {
        var left = random.Next(TotalWeight);
        return All.First(operation => (left -= operation.Weight) < 0);
    }
}
