-- Links by which a device gets its credentials, once. What people may see stands here; what opens a link stands apart, as
-- a column that they may not read would break every "select *".
create table if not exists public.sip_account_enrolments (
  id uuid primary key default gen_random_uuid(),
  sip_account_id uuid not null references public.sip_accounts (id) on delete cascade on update cascade,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at <= created_at + interval '8 days'),
  redeemed_at timestamptz,
  revoked_at timestamptz
);

-- SHA-256 of the link's secret, which has 256 random bits. refused_at: when it was last told that somebody was refused.
create table if not exists kamailio_sync.enrolment_tokens (
  enrolment_id uuid primary key references public.sip_account_enrolments (id) on delete cascade,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  refused_at timestamptz
);

create index if not exists sip_account_enrolments_sip_account_id_idx on public.sip_account_enrolments (sip_account_id);

-- At most one link of an account can be redeemed: of two that are made at the same moment one waits here for the other.
create unique index if not exists sip_account_enrolments_open on public.sip_account_enrolments (sip_account_id)
  where redeemed_at is null and revoked_at is null;

alter table public.sip_account_enrolments enable row level security;

-- A new table of a Supabase project comes with everything granted to everybody.
revoke all on public.sip_account_enrolments, kamailio_sync.enrolment_tokens from public, anon, authenticated, service_role;
grant select, update (revoked_at) on public.sip_account_enrolments to authenticated, service_role;
grant select, insert, delete, update (redeemed_at, revoked_at) on public.sip_account_enrolments to neolia_functions;
grant select, insert on kamailio_sync.enrolment_tokens to neolia_functions;

do $$
begin
  if not exists (
    select from pg_catalog.pg_policies p
    where (p.schemaname, p.tablename, p.policyname) = ('public', 'sip_account_enrolments', 'owner'))
  then
    create policy owner on public.sip_account_enrolments for all to authenticated
      using (exists (select from public.sip_accounts a where a.id = sip_account_id))
      with check (exists (select from public.sip_accounts a where a.id = sip_account_id));
  end if;

  if not exists (
    select from pg_catalog.pg_policies p
    where (p.schemaname, p.tablename, p.policyname) = ('public', 'sip_account_enrolments', 'function_app'))
  then
    create policy function_app on public.sip_account_enrolments for all to neolia_functions using (true);
  end if;
end
$$;

-- Whatever a user writes into revoked_at revokes the link now, once, and never brings it back; one that was redeemed
-- stays redeemed.
create or replace function kamailio_sync.revoke_for_good()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.revoked_at := case when old.revoked_at is null and old.redeemed_at is null then now() else old.revoked_at end;
  return new;
end
$$;

-- An account that is disabled, renamed or moved is no longer what the link's page says. Statement-level, as in
-- 20260301001300; after those triggers by its name, so that credentials and queue are locked first, and who redeems at
-- this moment gives way, holding the link and waiting for the credentials.
create or replace function kamailio_sync.revoke_enrolments()
returns trigger
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  if exists (select from public.sip_account_enrolments e where e.redeemed_at is null and e.revoked_at is null) then
    update public.sip_account_enrolments e
    set revoked_at = now()
    where e.redeemed_at is null and e.revoked_at is null and e.id = any (array(
      select l.id
      from public.sip_account_enrolments l
      where l.redeemed_at is null and l.revoked_at is null and l.sip_account_id = any (array(
        select id
        from old_rows o
        full join new_rows n using (id)
        where (o.unit_id, o.username, o.domain, o.enabled) is distinct from (n.unit_id, n.username, n.domain, n.enabled)))
      order by l.id
      for update));
  end if;
  return null;
end
$$;

-- For the log of activities: that a link was made, used or revoked, never what opens it.
create or replace function kamailio_sync.note_new_enrolments()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
  select 'enrolment_created', a.id, a.unit_id, n.created_by
  from new_rows n join public.sip_accounts a on a.id = n.sip_account_id;
  return null;
end
$$;

-- A device that redeems has nobody signed in: who made the link has let it in.
create or replace function kamailio_sync.note_changed_enrolments()
returns trigger
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
  select case when e.redeemed then 'enrolment_redeemed' else 'enrolment_revoked' end, a.id, a.unit_id,
    case when e.redeemed then e.created_by else kamailio_sync.asked_by() end
  from (
    select n.sip_account_id, n.created_by,
      o.redeemed_at is null and n.redeemed_at is not null as redeemed,
      -- One that had expired was no longer valid before.
      o.revoked_at is null and n.revoked_at is not null and o.expires_at > now() as revoked
    from old_rows o
    full join new_rows n using (id)
    offset 0
  ) e
  join public.sip_accounts a on a.id = e.sip_account_id
  where e.redeemed or e.revoked;
  return null;
end
$$;

-- Links that somebody tried in vain. Told once an hour for each: whoever has an address may try it as often as he likes.
-- What somebody holds, deleting it perhaps, is not told: nobody waits for us. Security definer, because the app has no
-- rights on the notes.
create or replace function kamailio_sync.note_refused_enrolments(p_enrolments uuid[])
returns void
language sql
security definer
set search_path = ''
set lock_timeout = '100ms'
as $$
  with due as materialized (
    select t.enrolment_id
    from kamailio_sync.enrolment_tokens t
    where t.enrolment_id = any (p_enrolments) and (t.refused_at is null or t.refused_at < now() - interval '1 hour')
    order by t.enrolment_id
    for update skip locked
  ),
  told as (
    update kamailio_sync.enrolment_tokens t
    set refused_at = now()
    from due
    where t.enrolment_id = due.enrolment_id
    returning t.enrolment_id
  )
  insert into kamailio_sync.activity (action, account_id, unit_id)
  select 'enrolment_refused', a.id, a.unit_id
  from told t
  join public.sip_account_enrolments e on e.id = t.enrolment_id
  join public.sip_accounts a on a.id = e.sip_account_id
$$;

revoke all on function
  kamailio_sync.revoke_for_good(), kamailio_sync.revoke_enrolments(), kamailio_sync.note_new_enrolments(),
  kamailio_sync.note_changed_enrolments(), kamailio_sync.note_refused_enrolments(uuid[])
  from public;
grant execute on function kamailio_sync.note_refused_enrolments(uuid[]) to neolia_functions;

create or replace trigger neolia_revoke_for_good before update of revoked_at on public.sip_account_enrolments
  for each row when (new.revoked_at is distinct from old.revoked_at) execute function kamailio_sync.revoke_for_good();
create or replace trigger neolia_revoke_enrolments after update on public.sip_accounts
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.revoke_enrolments();
create or replace trigger neolia_note_inserted after insert on public.sip_account_enrolments
  referencing new table as new_rows
  for each statement execute function kamailio_sync.note_new_enrolments();
create or replace trigger neolia_note_updated after update on public.sip_account_enrolments
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_changed_enrolments();
