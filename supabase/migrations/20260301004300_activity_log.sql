-- Publishes what was noted, in sentences for people.

create index if not exists intercom_activity_logs_created_at_idx on public.intercom_activity_logs (created_at);

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
    ('sync_failed', 'error',
      'Le compte %s n''a pas pu être synchronisé.', '%s comptes n''ont pas pu être synchronisés.',
      'The account %s could not be synced.', '%s accounts could not be synced.'),
    ('sync_recovered', 'success',
      'Le compte %s est de nouveau synchronisé.', '%s comptes sont de nouveau synchronisés.',
      'The account %s is synced again.', '%s accounts are synced again.'),
    ('drift_found', 'warning',
      'Kamailio ne correspondait plus au compte %s.', 'Kamailio ne correspondait plus à %s comptes.',
      'Kamailio did not match the account %s any more.', 'Kamailio did not match %s accounts any more.'),
    ('drift_repaired', 'success',
      'L''écart du compte %s dans Kamailio a été corrigé.', 'Les écarts de %s comptes dans Kamailio ont été corrigés.',
      'What Kamailio held of the account %s was repaired.', 'What Kamailio held of %s accounts was repaired.')
  ) s (action, level, one_fr, many_fr, one_en, many_en)
$$;

-- Up to p_single notes of one kind, site and asker are told one by one, more of them in one row. A note whose site is
-- gone has no reader. Security definer, because the app has no rights on what users read. Answers how many rows were
-- published.
create or replace function kamailio_sync.publish_activity(p_language text, p_single integer, p_keep interval)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_published integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('kamailio_sync.activity', 0)) then
    return 0;
  end if;

  with taken as materialized (
    delete from kamailio_sync.activity a
    where a.id in (select n.id from kamailio_sync.activity n order by n.id limit 20000)
    returning a.*
  ),
  placed as materialized (
    select t.id, t.noted_at, t.action, t.asked_by, t.detail, t.account_id as named_id,
      s.id as site_id, b.id as building_id, u.id as unit_id, a.id as account_id,
      coalesce(a.username || '@' || a.domain, t.detail ->> 'name') as name
    from taken t
    left join public.sip_accounts a on a.id = t.account_id
    left join public.units u on u.id = t.unit_id
    left join taken ug on u.id is null and ug.action = 'unit_gone' and ug.unit_id = t.unit_id
    left join public.buildings b on b.id = coalesce(u.building_id, ug.building_id)
    left join taken bg on b.id is null and bg.action = 'building_gone' and bg.building_id = coalesce(u.building_id, ug.building_id)
    join public.sites s on s.id = coalesce(b.site_id, bg.site_id)
    where t.action not in ('unit_gone', 'building_gone')
  ),
  grouped as (
    select p.action, p.site_id, p.asked_by, count(*) as notes, max(p.noted_at) as noted_at,
      case when count(distinct p.building_id) = 1 and count(p.building_id) = count(*) then (array_agg(p.building_id))[1] end as building_id,
      case when count(distinct p.unit_id) = 1 and count(p.unit_id) = count(*) then (array_agg(p.unit_id))[1] end as unit_id
    from placed p
    group by p.action, p.site_id, p.asked_by
  )
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
  order by r.noted_at, r.id;
  get diagnostics v_published = row_count;

  -- The oldest first, a bounded number at a time.
  delete from public.intercom_activity_logs l
  where l.id in (
    select o.id from public.intercom_activity_logs o where o.created_at < now() - p_keep order by o.created_at limit 5000);
  return v_published;
end
$$;

revoke all on function
  kamailio_sync.activity_sentences(text), kamailio_sync.publish_activity(text, integer, interval)
  from public;
grant execute on function kamailio_sync.publish_activity(text, integer, interval) to neolia_functions;
