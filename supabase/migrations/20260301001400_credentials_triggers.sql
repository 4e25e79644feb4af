-- Credentials are inserted together with their account, which marks it.

create or replace function kamailio_sync.credentials_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('account', array(
    select account_id
    from old_rows o
    full join new_rows n using (account_id)
    where (o.ha1, o.ha1b, o.username, o.domain, o.realm, o.issued_at)
      is distinct from (n.ha1, n.ha1b, n.username, n.domain, n.realm, n.issued_at)));
  return null;
end
$$;

-- A row that goes with its account is covered by the account's own mark.
create or replace function kamailio_sync.credentials_deleted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('account', array(
    select a.id from old_rows o join public.sip_accounts a on a.id = o.account_id));
  return null;
end
$$;

revoke all on function kamailio_sync.credentials_updated(), kamailio_sync.credentials_deleted() from public;

create or replace trigger neolia_mark_updated after update on kamailio_sync.credentials
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.credentials_updated();
create or replace trigger neolia_mark_deleted after delete on kamailio_sync.credentials
  referencing old table as old_rows
  for each statement execute function kamailio_sync.credentials_deleted();
