-- Statement-level triggers with transition tables: one piece of work per statement, whatever the
-- number of rows. Security definer, because they also fire inside a user's cascading delete, and no
-- dashboard role may use this schema.
--
-- Lock order in all of them: credentials, then queue, then sip_account_sync (rule P2). The app's
-- re-keying and the cascades from an account come in the same order.

create or replace function kamailio_sync.accounts_inserted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.credentials (account_id, ha1, ha1b, username, domain, realm)
  select n.id, kamailio_sync.random_digest(), kamailio_sync.random_digest(), n.username, n.domain, n.domain
  from new_rows n
  on conflict (account_id) do nothing;

  perform kamailio_sync.mark('account', array(select n.id from new_rows n));
  return null;
end
$$;

-- Only what Kamailio needs makes an account dirty: a registration that comes or goes, a new display
-- name or a touched updated_at do not. The full join also catches an account whose id changed, as
-- one that went and one that came.
create or replace function kamailio_sync.accounts_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The old digests belong to the old name: nobody could log in with them, and the account would
  -- seem to have credentials. Random ones say that it needs new ones.
  --
  -- Planned anew each time: the plan of a call with one row is quadratic in one with many.
  execute $sql$
    update kamailio_sync.credentials c
    set ha1 = kamailio_sync.random_digest(),
      ha1b = kamailio_sync.random_digest(),
      username = n.username,
      domain = n.domain,
      realm = n.domain,
      issued_at = null
    from new_rows n
    join old_rows o using (id)
    where c.account_id = n.id
      and (n.username, n.domain) is distinct from (o.username, o.domain)
  $sql$;

  perform kamailio_sync.mark('account', array(
    select id
    from old_rows o
    full join new_rows n using (id)
    where (o.unit_id, o.username, o.domain, o.extension, o.type, o.enabled)
      is distinct from (n.unit_id, n.username, n.domain, n.extension, n.type, n.enabled)));
  return null;
end
$$;

create or replace function kamailio_sync.accounts_deleted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('account', array(select o.id from old_rows o));
  return null;
end
$$;

revoke all on function
  kamailio_sync.accounts_inserted(), kamailio_sync.accounts_updated(), kamailio_sync.accounts_deleted()
  from public;

create or replace trigger neolia_mark_inserted after insert on public.sip_accounts
  referencing new table as new_rows
  for each statement execute function kamailio_sync.accounts_inserted();
create or replace trigger neolia_mark_updated after update on public.sip_accounts
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.accounts_updated();
create or replace trigger neolia_mark_deleted after delete on public.sip_accounts
  referencing old table as old_rows
  for each statement execute function kamailio_sync.accounts_deleted();
