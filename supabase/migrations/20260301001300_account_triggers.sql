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
-- The rows of a statement before and after are put together by a full join behind "offset 0", here and in the other
-- triggers. Postgres keeps the plan of a session's first call and takes a condition like "is null" for rare, and then
-- walks over all the rows once for each of them: 1,600 acknowledged accounts took four seconds. A full join can only be
-- hashed or merged, and behind "offset 0" it stays one.
create or replace function kamailio_sync.accounts_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The old digests belong to the old name: nobody could log in with them, and the account would
  -- seem to have credentials. Random ones say that it needs new ones.
  update kamailio_sync.credentials c
  set ha1 = kamailio_sync.random_digest(),
    ha1b = kamailio_sync.random_digest(),
    username = r.username,
    domain = r.domain,
    realm = r.domain,
    issued_at = null
  from (
    select n.id, n.username, n.domain, o.id is not null and (n.username, n.domain) is distinct from (o.username, o.domain) as is_renamed
    from new_rows n
    full join old_rows o using (id)
    offset 0
  ) r
  where r.is_renamed and c.account_id = r.id;

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
