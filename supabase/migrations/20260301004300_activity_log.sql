-- Publishes what was noted, in sentences for people.

-- Which rows of the log were published here, and may be deleted when they are old. Kept apart, because users can write
-- whatever they like into the log itself, and what others wrote there is theirs.
create table if not exists kamailio_sync.published_activity (
  log_id uuid primary key,
  noted_at timestamptz not null
);
create index if not exists published_activity_noted_at_idx on kamailio_sync.published_activity (noted_at);

revoke all on kamailio_sync.published_activity from public, anon, authenticated, service_role;

-- One sentence for one account, and one for many at once.
create or replace function kamailio_sync.activity_sentences(p_language text)
returns table (action text, level text, one text, many text)
language sql
immutable
set search_path = ''
as $$
  select s.action, s.level,
    case p_language when 'fr' then s.one_fr else s.one_en end,
    case p_language when 'fr' then s.many_fr else s.many_en end
  from (values
    ('account_provisioned', 'success',
      'Le compte %s est actif dans Kamailio.', '%s comptes sont actifs dans Kamailio.',
      'The account %s is active in Kamailio.', '%s accounts are active in Kamailio.'),
    ('account_changed', 'info',
      'Le compte %s a été modifié.', '%s comptes ont été modifiés.',
      'The account %s was changed.', '%s accounts were changed.'),
    ('account_removed', 'info',
      'Le compte %s a été supprimé.', '%s comptes ont été supprimés.',
      'The account %s was removed.', '%s accounts were removed.'),
    ('account_kicked', 'info',
      'L''appareil du compte %s a été déconnecté.', 'Les appareils de %s comptes ont été déconnectés.',
      'The device of account %s was signed off.', 'The devices of %s accounts were signed off.'),
    ('credentials_issued', 'info',
      'De nouveaux identifiants ont été émis pour le compte %s.', 'De nouveaux identifiants ont été émis pour %s comptes.',
      'New credentials were issued for the account %s.', 'New credentials were issued for %s accounts.'),
    ('enrolment_created', 'info',
      'Un code QR a été créé pour le compte %s.', '%s codes QR ont été créés.',
      'A QR code was made for the account %s.', '%s QR codes were made.'),
    ('enrolment_redeemed', 'success',
      'Un appareil a été configuré avec le code QR du compte %s.', '%s appareils ont été configurés avec leur code QR.',
      'A device was set up with the QR code of the account %s.', '%s devices were set up with their QR codes.'),
    ('enrolment_revoked', 'info',
      'Le code QR du compte %s n''est plus valable.', '%s codes QR ne sont plus valables.',
      'The QR code of the account %s is no longer valid.', '%s QR codes are no longer valid.'),
    ('enrolment_refused', 'warning',
      'Un code QR du compte %s a été refusé : il a déjà servi, n''est plus valable, ou n''est pas le bon.', '%s codes QR ont été refusés.',
      'A QR code of the account %s was refused: it was used before, is no longer valid, or is not the right one.', '%s QR codes were refused.'),
    ('sync_failed', 'error',
      'Le compte %s n''a pas pu être synchronisé.', '%s comptes n''ont pas pu être synchronisés.',
      'The account %s could not be synced.', '%s accounts could not be synced.'),
    ('sync_recovered', 'success',
      'Le compte %s est de nouveau synchronisé.', '%s comptes sont de nouveau synchronisés.',
      'The account %s is synced again.', '%s accounts are synced again.'),
    ('unit_sync_failed', 'error',
      'Le logement %s n''a pas pu être synchronisé.', '%s logements n''ont pas pu être synchronisés.',
      'The flat %s could not be synced.', '%s flats could not be synced.'),
    ('unit_sync_recovered', 'success',
      'Le logement %s est de nouveau synchronisé.', '%s logements sont de nouveau synchronisés.',
      'The flat %s is synced again.', '%s flats are synced again.'),
    ('drift_found', 'warning',
      'Kamailio ne correspondait plus au compte %s.', 'Kamailio ne correspondait plus à %s comptes.',
      'Kamailio did not match the account %s any more.', 'Kamailio did not match %s accounts any more.'),
    ('drift_repaired', 'success',
      'L''écart du compte %s dans Kamailio a été corrigé.', 'Les écarts de %s comptes dans Kamailio ont été corrigés.',
      'What Kamailio held of the account %s was repaired.', 'What Kamailio held of %s accounts was repaired.'),
    ('unit_drift_found', 'warning',
      'Kamailio ne correspondait plus au logement %s.', 'Kamailio ne correspondait plus à %s logements.',
      'Kamailio did not match the flat %s any more.', 'Kamailio did not match %s flats any more.'),
    ('unit_drift_repaired', 'success',
      'L''écart du logement %s dans Kamailio a été corrigé.', 'Les écarts de %s logements dans Kamailio ont été corrigés.',
      'What Kamailio held of the flat %s was repaired.', 'What Kamailio held of %s flats was repaired.')
  ) s (action, level, one_fr, many_fr, one_en, many_en)
$$;

-- Up to p_single notes of one kind, site and asker are told one by one, more of them in one row. A note whose site is
-- gone has no reader. Security definer, because the app has no rights on what users read. Answers how many rows were
-- published.
--
-- A row of the log locks its site, building, unit and account. Where a user is deleting one of these, this gives way long
-- before anybody looks for a deadlock (deadlock_timeout is 1 s), and the notes wait for the next time.
create or replace function kamailio_sync.publish_activity(p_language text, p_single integer)
returns integer
language plpgsql
security definer
set search_path = ''
set lock_timeout = '100ms'
set plan_cache_mode = force_custom_plan
as $$
declare
  v_published integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('kamailio_sync.activity', 0)) then
    return 0;
  end if;

  with taken as materialized (
    delete from kamailio_sync.activity a
    where a.id in (
      select n.id
      from kamailio_sync.activity n
      where n.action not in ('unit_gone', 'building_gone')
        -- Told when it is done: an account leaves the queue, or is parked there, after its contacts were deleted. Only of
        -- one whose values Kamailio's database refused nothing was applied.
        and (n.action <> 'account_kicked' or not exists (
          select from kamailio_sync.queue q
          where q.kind = 'account' and q.subject_id = n.account_id
            and (q.next_attempt_at < 'infinity' or exists (
              select from public.sip_account_sync s where s.account_id = n.account_id and s.error_code = 'not_storable'))))
      order by n.id
      limit 20000)
    returning a.*
  ),
  units_gone as materialized (
    select distinct on (n.unit_id) n.unit_id, n.building_id
    from kamailio_sync.activity n where n.action = 'unit_gone' order by n.unit_id, n.id desc
  ),
  buildings_gone as materialized (
    select distinct on (n.building_id) n.building_id, n.site_id
    from kamailio_sync.activity n where n.action = 'building_gone' order by n.building_id, n.id desc
  ),
  placed as materialized (
    select t.id, t.noted_at, t.action, t.asked_by, t.detail, t.account_id as named_id,
      s.id as site_id, b.id as building_id, u.id as unit_id, a.id as account_id,
      coalesce(a.username || '@' || a.domain, t.detail ->> 'name') as name
    from taken t
    left join public.sip_accounts a on a.id = t.account_id
    left join public.units u on u.id = t.unit_id
    left join units_gone ug on u.id is null and ug.unit_id = t.unit_id
    left join public.buildings b on b.id = coalesce(u.building_id, ug.building_id)
    left join buildings_gone bg on b.id is null and bg.building_id = coalesce(u.building_id, ug.building_id)
    join public.sites s on s.id = coalesce(b.site_id, bg.site_id)
  ),
  grouped as (
    select p.action, p.site_id, p.asked_by, count(*) as notes, max(p.noted_at) as noted_at,
      case when count(distinct p.building_id) = 1 and count(p.building_id) = count(*) then (array_agg(p.building_id))[1] end as building_id,
      case when count(distinct p.unit_id) = 1 and count(p.unit_id) = count(*) then (array_agg(p.unit_id))[1] end as unit_id
    from placed p
    group by p.action, p.site_id, p.asked_by
  ),
  logged as (
    insert into public.intercom_activity_logs
      (site_id, building_id, unit_id, sip_account_id, level, action, message, metadata, created_at)
    select r.site_id, r.building_id, r.unit_id, r.account_id, coalesce(k.level, 'info'), r.action, r.message, r.metadata, r.noted_at
    from (
      select p.id, p.site_id, p.building_id, p.unit_id, p.account_id, p.action, p.noted_at,
        format(k.one, coalesce(p.name, '?')) as message,
        p.detail || jsonb_strip_nulls(jsonb_build_object('account_id', p.named_id, 'name', p.name, 'asked_by', p.asked_by)) as metadata
      from placed p
      join grouped g on g.action = p.action and g.site_id = p.site_id and g.asked_by is not distinct from p.asked_by
      left join kamailio_sync.activity_sentences(p_language) k on k.action = p.action
      where g.notes <= p_single
      union all
      select null, g.site_id, g.building_id, g.unit_id, null, g.action, g.noted_at,
        format(k.many, g.notes),
        jsonb_strip_nulls(jsonb_build_object('count', g.notes, 'asked_by', g.asked_by))
      from grouped g
      left join kamailio_sync.activity_sentences(p_language) k on k.action = g.action
      where g.notes > p_single
    ) r
    left join kamailio_sync.activity_sentences(p_language) k on k.action = r.action
    where r.message is not null
    order by r.noted_at, r.id
    returning id, created_at
  )
  insert into kamailio_sync.published_activity (log_id, noted_at) select l.id, l.created_at from logged l;
  get diagnostics v_published = row_count;

  -- Where a place stood is known until the last note that needs it is published: the limit may cut a transaction's notes
  -- anywhere. Planned anew each time, as one unit is gone today and ten thousand tomorrow.
  execute $sql$
    delete from kamailio_sync.activity g
    where g.action = 'unit_gone' and not exists (
      select from kamailio_sync.activity n where n.unit_id = g.unit_id and n.action <> 'unit_gone')
  $sql$;
  execute $sql$
    delete from kamailio_sync.activity g
    where g.action = 'building_gone' and not exists (
      select from kamailio_sync.activity n where n.building_id = g.building_id and n.action = 'unit_gone')
  $sql$;
  return v_published;
end
$$;

-- Deletes published rows that are too old, a bounded number at a time, and no others. What a user's transaction holds,
-- stays until the next time: nobody waits for anybody. Answers how many were deleted.
create or replace function kamailio_sync.forget_activity(p_keep interval)
returns integer
language plpgsql
security definer
set search_path = ''
set lock_timeout = '100ms'
set plan_cache_mode = force_custom_plan
as $$
declare
  v_deleted integer;
begin
  with old as materialized (
    select p.log_id
    from kamailio_sync.published_activity p
    where p.noted_at < now() - p_keep
    order by p.noted_at
    limit 5000
    for update skip locked
  ),
  free as materialized (
    select l.id
    from public.intercom_activity_logs l
    where l.id in (select o.log_id from old o)
    for update skip locked
  ),
  forgotten as (
    delete from kamailio_sync.published_activity p
    using old o
    where p.log_id = o.log_id and (
      p.log_id in (select f.id from free f)
      or not exists (select from public.intercom_activity_logs l where l.id = p.log_id))
  )
  delete from public.intercom_activity_logs l using free f where l.id = f.id;
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;

revoke all on function
  kamailio_sync.activity_sentences(text), kamailio_sync.publish_activity(text, integer),
  kamailio_sync.forget_activity(interval)
  from public;
grant execute on function kamailio_sync.publish_activity(text, integer), kamailio_sync.forget_activity(interval) to neolia_functions;
