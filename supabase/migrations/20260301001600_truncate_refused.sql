-- "truncate" fires no trigger that knows the rows (rule P6): what it removes would stay in Kamailio.
create or replace function kamailio_sync.refuse_truncate()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'Table %.% can''t be truncated, because its devices would stay in Kamailio: use "delete".', tg_table_schema, tg_table_name
    using errcode = 'feature_not_supported';
end
$$;

revoke all on function kamailio_sync.refuse_truncate() from public;

create or replace trigger neolia_refuse_truncate before truncate on public.sites
  for each statement execute function kamailio_sync.refuse_truncate();
create or replace trigger neolia_refuse_truncate before truncate on public.buildings
  for each statement execute function kamailio_sync.refuse_truncate();
create or replace trigger neolia_refuse_truncate before truncate on public.units
  for each statement execute function kamailio_sync.refuse_truncate();
create or replace trigger neolia_refuse_truncate before truncate on public.sip_accounts
  for each statement execute function kamailio_sync.refuse_truncate();
create or replace trigger neolia_refuse_truncate before truncate on public.call_rules
  for each statement execute function kamailio_sync.refuse_truncate();
create or replace trigger neolia_refuse_truncate before truncate on kamailio_sync.credentials
  for each statement execute function kamailio_sync.refuse_truncate();
