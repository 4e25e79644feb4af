insert into auth.users (id) values
  ('00000000-0000-4000-8000-00000000000a'), ('00000000-0000-4000-8000-00000000000b');
insert into public.sites (id, name, user_id) values
  ('10000000-0000-4000-8000-000000000001', 'Les Pins', '00000000-0000-4000-8000-00000000000a'),
  ('10000000-0000-4000-8000-000000000002', 'Villa', '00000000-0000-4000-8000-00000000000b'),
  ('10000000-0000-4000-8000-000000000003', 'Nobody''s', null);
insert into public.buildings (id, site_id, name)
  select ('2' || substr(id::text, 2))::uuid, id, 'A' from public.sites;
insert into public.units (id, building_id, number)
  select ('3' || substr(id::text, 2))::uuid, id, '401' from public.buildings;
insert into public.sip_accounts (id, unit_id, username, password_hash, type) values
  ('40000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', 'panel401', md5('panel401:sip.neolia.app:x'), 'panel'),
  ('40000000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000001', 'Mobile401', null, 'mobile'),
  ('40000000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000002', 'mobile401', '', 'mobile'),
  ('40000000-0000-4000-8000-000000000004', '30000000-0000-4000-8000-000000000002', 'Panel Villa', null, 'panel');
insert into public.call_rules (unit_id, name, source_pattern, action)
  select id, 'all', 'intercom-*', 'ring' from public.units;
insert into public.intercom_activity_logs (site_id, action, message) values
  ('10000000-0000-4000-8000-000000000001', 'seen', 'x'), (null, 'shown to everybody', 'x');
