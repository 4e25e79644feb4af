create or replace function kamailio_sync.set_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

revoke all on function kamailio_sync.set_updated_at() from public;

create or replace trigger neolia_updated_at before update on public.sites
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.buildings
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.units
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.sip_accounts
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.call_rules
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on public.sip_account_sync
  for each row execute function kamailio_sync.set_updated_at();
create or replace trigger neolia_updated_at before update on kamailio_sync.credentials
  for each row execute function kamailio_sync.set_updated_at();
