-- Rows from before the triggers. Last, so that whatever is inserted while this runs is covered by a
-- trigger already.

-- Which kinds have been filled in. Units carry no trace of it themselves, and marking all of them
-- again at a second run would be idle work.
create table if not exists kamailio_sync.backfilled (
  kind text primary key,
  backfilled_at timestamptz not null default now()
);
revoke all on kamailio_sync.backfilled from public, anon, authenticated, service_role;

-- A million rows take longer than a hosted project's statement_timeout.
set statement_timeout = 0;

-- "for key share" waits for a rename or delete that is under way, so that neither a stale name is
-- recorded nor the foreign key finds its account gone.
do $$
declare
  v_accounts uuid[];
begin
  with without_credentials as materialized (
    select a.id, a.username, a.domain
    from public.sip_accounts a
    where not exists (select from kamailio_sync.credentials c where c.account_id = a.id)
    order by a.id
    for key share of a
  ),
  inserted as (
    insert into kamailio_sync.credentials (account_id, ha1, ha1b, username, domain, realm)
    select w.id, kamailio_sync.random_digest(), kamailio_sync.random_digest(), w.username, w.domain, w.domain
    from without_credentials w
    on conflict (account_id) do nothing
    returning account_id
  )
  select array_agg(i.account_id) into v_accounts from inserted i;

  perform kamailio_sync.mark('account', v_accounts);

  if not exists (select from kamailio_sync.backfilled where kind = 'unit_rules') then
    perform kamailio_sync.mark('unit_rules', array(select u.id from public.units u));
    insert into kamailio_sync.backfilled (kind) values ('unit_rules');
  end if;
end
$$;

reset statement_timeout;
