-- Marks subjects dirty, in the transaction that changes them.

-- Rule P1, in two statements. The first locks the queue rows of all subjects, in key order, and
-- waits there for everybody who is changing them. Only the second draws the versions: one drawn
-- before the wait could end up below a version that the other transaction got, had applied and
-- acknowledged meanwhile, and the fence would drop the newer change. So the versions of one subject
-- grow in commit order. A running lease is kept: its holder finds at the acknowledge that the
-- version moved on.
--
-- The second names the rows by where the first put them: a join by key is free to read all that waits for one more change,
-- and does so where the statistics are of an empty queue. Planned anew each time, because a plan that is kept from single
-- changes reads all places of a bulk change for each of its rows.
create or replace function kamailio_sync.enqueue(p_kind text, p_subjects uuid[])
returns void
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_places tid[];
begin
  with locked as (
    insert into kamailio_sync.queue (kind, subject_id, version, enqueued_at, next_attempt_at)
    select p_kind, s.id, 0, clock_timestamp(), now()
    from (select distinct unnest(p_subjects) as id) s
    where s.id is not null
    order by s.id
    on conflict (kind, subject_id) do update set kind = excluded.kind
    returning ctid as place
  )
  select array_agg(l.place) into v_places from locked l;

  update kamailio_sync.queue q
  set version = nextval('kamailio_sync.version'),
    enqueued_at = clock_timestamp(),
    attempts = 0,
    next_attempt_at = now(),
    last_error = null
  where q.ctid = any (v_places);
end
$$;

-- What people see of marked accounts: pending, or nothing once the account is gone. Called after
-- the queue rows are locked and never before (rule P2): the acknowledge goes the same way round.
-- Rows that say so already are not written again, as each write goes out over Realtime.
create or replace function kamailio_sync.show_pending(p_accounts uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.sip_account_sync as shown (account_id, unit_id, has_credentials)
  select a.id, a.unit_id, c.issued_at is not null
  from public.sip_accounts a
  left join kamailio_sync.credentials c on c.account_id = a.id
  where a.id = any (p_accounts)
  order by a.id
  on conflict (account_id) do update
  set state = 'pending',
    unit_id = excluded.unit_id,
    has_credentials = excluded.has_credentials,
    error_code = null,
    last_error = null,
    attempts = 0
  where (shown.state, shown.unit_id, shown.has_credentials, shown.error_code, shown.last_error, shown.attempts)
    is distinct from ('pending', excluded.unit_id, excluded.has_credentials, null, null, 0);

  delete from public.sip_account_sync s
  where s.account_id = any (p_accounts)
    and not exists (select from public.sip_accounts a where a.id = s.account_id);
end
$$;

-- What people see of marked subjects of either kind. Units are shown from 20260301002400 on, which replaces this.
create or replace function kamailio_sync.show_pending(p_kind text, p_subjects uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_kind = 'account' then
    perform kamailio_sync.show_pending(p_subjects);
  end if;
end
$$;

create or replace function kamailio_sync.mark(p_kind text, p_subjects uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if coalesce(cardinality(p_subjects), 0) = 0 then
    return;
  end if;

  perform kamailio_sync.enqueue(p_kind, p_subjects);
  perform kamailio_sync.show_pending(p_kind, p_subjects);
  perform kamailio_sync.ring_doorbell(p_kind, p_subjects[1]);
end
$$;

revoke all on function
  kamailio_sync.enqueue(text, uuid[]),
  kamailio_sync.show_pending(uuid[]),
  kamailio_sync.show_pending(text, uuid[]),
  kamailio_sync.mark(text, uuid[])
  from public;
