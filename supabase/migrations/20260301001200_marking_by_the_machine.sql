-- Marks that come from reconcile or "sync all" and not from a change (rule P6). They must never
-- hold up a user: rows that somebody holds are skipped, and whoever holds one marks it anyway.

-- Makes queued subjects due again under the version they have: what they stand for did not change. Found by their keys,
-- one after the other, because a plan that is free to read all of a long queue for each batch does so.
--
-- Where a worker has one in its hands it gets a fresh version all the same. That worker may park it as failed in the next
-- moment, for what it saw before somebody put it right and asked again: the report of an older version is dropped (rule
-- P3), and the subject is taken once more. A lease that ran out counts, too: its worker may only be late.
create or replace function kamailio_sync.make_due(p_kind text, p_subjects uuid[])
returns uuid[]
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_due uuid[];
  v_places tid[];
begin
  select array_agg(q.subject_id), array_agg(q.place) into v_due, v_places
  from (select distinct unnest(p_subjects) as id order by 1) s
  cross join lateral (
    select q.subject_id, q.ctid as place from kamailio_sync.queue q
    where q.kind = p_kind and q.subject_id = s.id
    for update skip locked
  ) q;

  -- Their locks are held by now, so the versions are drawn in the order of the commits (rule P1).
  update kamailio_sync.queue q
  set attempts = 0, next_attempt_at = now(), last_error = null,
    version = case when q.lease_id is null then q.version else nextval('kamailio_sync.version') end
  where q.ctid = any (v_places)
    and (q.lease_id is not null or (q.attempts, q.next_attempt_at <= now(), q.last_error) is distinct from (0, true, null));

  return coalesce(v_due, '{}');
end
$$;

-- Queues subjects that are not queued. Another transaction may just have inserted the row of one
-- without having committed: no "skip locked" sees that, so the wait is kept short, and where it is
-- not enough the subjects are taken one by one, leaving out those that are being marked right now.
create or replace function kamailio_sync.enqueue_unless_busy(p_kind text, p_subjects uuid[])
returns uuid[]
language plpgsql
security definer
set search_path = ''
set lock_timeout = '20ms'
as $$
declare
  v_subject uuid;
  v_queued uuid[] := '{}';
begin
  begin
    perform kamailio_sync.enqueue(p_kind, p_subjects);
    return p_subjects;
  exception when lock_not_available then
    null;
  end;

  perform set_config('lock_timeout', '1ms', true);
  foreach v_subject in array p_subjects loop
    begin
      perform kamailio_sync.enqueue(p_kind, array[v_subject]);
      v_queued := v_queued || v_subject;
    exception when lock_not_available then
      null;
    end;
  end loop;
  return v_queued;
end
$$;

-- Returns how many of the subjects are due now; the others are being changed by somebody, whose own
-- mark covers them. Rings no doorbell: the caller drains itself. Meant for batches of up to 500.
create or replace function kamailio_sync.mark_again(p_kind text, p_subjects uuid[])
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_due uuid[] := kamailio_sync.make_due(p_kind, p_subjects);
begin
  v_due := v_due || kamailio_sync.enqueue_unless_busy(p_kind, array(
    select distinct s.id
    from unnest(p_subjects) s (id)
    left join lateral (
      select true as queued from kamailio_sync.queue q where q.kind = p_kind and q.subject_id = s.id offset 0
    ) q on true
    where s.id is not null and q.queued is null
    order by s.id));

  perform kamailio_sync.show_pending(p_kind, v_due);
  return cardinality(v_due);
end
$$;

-- Rule M2: MySQL's fence is higher than the version read, so this database went back in time. The
-- sequence is raised well past the fence (p_floor) and the subjects that still have the version get
-- a fresh one, free and due. Two workers that see the same are told apart by the advisory lock: the
-- second finds the sequence raised. Locking and drawing share one statement here, unlike in rule
-- P1, because "skip locked" never waits between the two.
create or replace function kamailio_sync.renew(
  p_kinds text[], p_subjects uuid[], p_versions bigint[], p_floor bigint)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_renewed integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('kamailio_sync.version', 0));
  -- The next version is compared: a worker that is only late meets the greatest one that was drawn.
  if (select s.last_value + s.is_called::int from kamailio_sync.version s) <= p_floor then
    perform setval('kamailio_sync.version', p_floor + 1000000);
  end if;

  with stale as materialized (
    select seen.place
    from (select * from unnest(p_kinds, p_subjects, p_versions) r (kind, subject_id, version) order by kind, subject_id) r
    cross join lateral (
      select q.ctid as place from kamailio_sync.queue q where q.kind = r.kind and q.subject_id = r.subject_id offset 0
    ) seen
    cross join lateral (
      select q.ctid as place from kamailio_sync.queue q where q.ctid = seen.place and q.version = r.version for update skip locked
    ) locked
    where locked.place = seen.place
  )
  update kamailio_sync.queue q
  set version = nextval('kamailio_sync.version'),
    next_attempt_at = now(),
    lease_id = null,
    leased_until = null
  where q.ctid = any (array(select s.place from stale s));

  get diagnostics v_renewed = row_count;
  return v_renewed;
end
$$;

revoke all on function
  kamailio_sync.make_due(text, uuid[]),
  kamailio_sync.enqueue_unless_busy(text, uuid[]),
  kamailio_sync.mark_again(text, uuid[]),
  kamailio_sync.renew(text[], uuid[], bigint[], bigint)
  from public;
