using Npgsql;

namespace Neolia.Infra.Tests.Operations;

/// <summary>Both databases as they are now, each to be brought back by itself: its tables go back in time, and nothing else does.</summary>
internal sealed class Backup(Installation installation)
{
    private const string SaveSupabase = """
        drop schema if exists backup cascade;
        create schema backup;
        do $$
        declare t record;
        begin
          for t in select schemaname, tablename from pg_tables where schemaname in ('public', 'kamailio_sync') loop
            execute format('create table backup.%I as table %I.%I', t.schemaname || '.' || t.tablename, t.schemaname, t.tablename);
          end loop;
          execute 'create table backup.version as select last_value from kamailio_sync.version';
        end
        $$
        """;

    // No trigger fires and no key is looked at, as when a dump is read.
    private const string BringSupabaseBack = """
        set session_replication_role = replica;
        do $$
        declare t record;
        begin
          for t in select schemaname, tablename from pg_tables where schemaname in ('public', 'kamailio_sync') loop
            execute format('delete from %I.%I', t.schemaname, t.tablename);
            execute format('insert into %I.%I overriding system value table backup.%I', t.schemaname, t.tablename, t.schemaname || '.' || t.tablename);
          end loop;
          perform setval('kamailio_sync.version', (select last_value from backup.version));
        end
        $$
        """;

    private static readonly string[] KamailioTables =
        ["subscriber", "neolia_account", "neolia_identity", "neolia_unit", "neolia_call_rule", "neolia_kick", "neolia_progress"];

    public async Task SaveAsync()
    {
        await OnSupabaseAsync(SaveSupabase);
        await OnKamailioAsync("drop database if exists backup; create database backup");
        foreach (var table in KamailioTables)
            await OnKamailioAsync($"create table backup.{table} as select * from kamailio.{table}");
    }

    public Task BringSupabaseBackAsync() => OnSupabaseAsync(BringSupabaseBack);

    public async Task BringKamailioBackAsync()
    {
        foreach (var table in KamailioTables)
            await OnKamailioAsync($"delete from kamailio.{table}; insert into kamailio.{table} select * from backup.{table}");
    }

    private async Task OnSupabaseAsync(string sql)
    {
        await using var superuser = new NpgsqlConnection(installation.Project.SuperuserConnectionString + ";Pooling=false");
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, superuser);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task OnKamailioAsync(string sql)
    {
        await using var command = installation.MySql.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
