-- What people see of the sync, per account. No foreign key: the state of a deleted account is
-- removed by the account's trigger, after the queue row is locked (rule P2), not by a cascade that
-- would lock it before.
create table if not exists public.sip_account_sync (
  account_id uuid primary key,
  -- The account's unit, for the policy: over the account it would cost a scan of all accounts.
  unit_id uuid not null,
  state text not null default 'pending'
    check (state in ('pending', 'synced', 'retrying', 'failed', 'disabled')),
  has_credentials boolean not null default false,
  error_code text,
  last_error text,
  attempts integer not null default 0,
  synced_at timestamptz,
  updated_at timestamptz not null default now()
);

create index if not exists sip_account_sync_unit_id_idx on public.sip_account_sync (unit_id);

do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime' and not puballtables)
    and not exists (
      select from pg_catalog.pg_publication_tables
      where (pubname, schemaname, tablename) = ('supabase_realtime', 'public', 'sip_account_sync'))
  then
    alter publication supabase_realtime add table public.sip_account_sync;
  end if;
exception when insufficient_privilege then
  raise notice 'The publication supabase_realtime belongs to another role: add public.sip_account_sync to it for live updates.';
end
$$;
