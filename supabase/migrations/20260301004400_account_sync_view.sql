-- What an installer reads of an account's sync, in the language of the browser that asks.

-- Accept-Language as PostgREST passes it on; French only where it is preferred. A plain look at which of the two is named
-- first: browsers send them in order of preference.
create or replace function public.intercom_language()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when substring(
      lower(nullif(current_setting('request.headers', true), '')::json ->> 'accept-language') from '(?:^|,)\s*(fr|en)\M') = 'fr' then 'fr'
    else 'en'
  end
$$;

-- The sentences that the app writes are English and name the values; these say the same by the code. Null for a code
-- that is not known here: then the app's own sentence is shown. p_about: which call rule it is.
create or replace function public.intercom_explanation(p_code text, p_language text, p_about text default null)
returns text
language sql
immutable
set search_path = ''
as $$
  select case p_language
    when 'fr' then replace(e.fr, ' {about}', coalesce(' « ' || p_about || ' »', ''))
    else replace(e.en, ' {about}', coalesce(' "' || p_about || '"', ''))
  end
  from (values
    ('kamailio_unreachable',
      'Le serveur téléphonique est injoignable. La modification est conservée et sera appliquée dès son retour.',
      'The telephone server can''t be reached. The change is kept and is applied when it answers again.'),
    ('kamailio_busy',
      'Le serveur téléphonique est occupé. La modification est retentée automatiquement.',
      'The telephone server is busy. The change is tried again by itself.'),
    ('name_not_canonical',
      'Ce nom d''utilisateur n''est pas accepté. Utilisez de 1 à 64 caractères parmi a-z, 0-9, « . », « _ » et « - », en minuscules.',
      'This user name is not accepted. Use 1 to 64 of a-z, 0-9, ".", "_" and "-", in lower case.'),
    ('domain_not_served',
      'Ce domaine n''est pas géré par le serveur téléphonique. Choisissez-en un autre, ou demandez à l''exploitant de l''ajouter.',
      'This domain isn''t served by the telephone server. Choose another, or ask the operator to add it.'),
    ('name_in_use',
      'Ce nom est déjà pris sur le serveur téléphonique par un compte créé à la main. Choisissez-en un autre, ou demandez à l''exploitant de le reprendre.',
      'This name is taken on the telephone server by an account that was made by hand. Choose another, or ask the operator to adopt it.'),
    ('name_conflict',
      'La table des abonnés du serveur téléphonique a un index inattendu. Prévenez l''exploitant.',
      'The telephone server''s table of subscribers has an unexpected key. Tell the operator.'),
    ('no_credentials',
      'Ce compte n''a pas d''identifiants. Émettez-en.',
      'This account has no credentials. Issue some.'),
    ('extension_too_long',
      'Le numéro court est trop long. Le compte fonctionne sans lui jusqu''à ce qu''il soit raccourci.',
      'The extension is too long. The account works without it until it is shortened.'),
    ('not_storable',
      'Le serveur téléphonique refuse les valeurs de ce compte. Vérifiez-les, ou prévenez l''exploitant.',
      'The telephone server refuses this account''s values. Check them, or tell the operator.'),
    ('kamailio_error',
      'Le serveur téléphonique a répondu par une erreur. La modification est retentée automatiquement.',
      'The telephone server answered with an error. The change is tried again by itself.'),
    ('unit_too_long',
      'Le numéro du logement est trop long. Raccourcissez-le.',
      'The flat''s number is too long. Shorten it.'),
    ('too_many_rules',
      'Le logement a trop de règles d''appel actives. Désactivez-en ou supprimez-en.',
      'The flat has too many enabled call rules. Disable or delete some.'),
    ('rule_without_pattern',
      'Une règle d''appel n''a pas de motif. Indiquez pour qui elle vaut, par exemple intercom-*, ou * pour tous.',
      'A call rule has no pattern. Write whom it is for, for example intercom-*, or * for everybody.'),
    ('pattern_too_long',
      'Le motif de la règle d''appel {about} est trop long. Raccourcissez-le : * remplace n''importe quelle suite de caractères.',
      'The pattern of the call rule {about} is too long. Shorten it: * stands for any number of characters.'),
    ('pattern_is_expression',
      'Le motif de la règle d''appel {about} ressemble à une expression régulière. Écrivez * pour une suite de caractères et ? pour un seul, par exemple intercom-*.',
      'The pattern of the call rule {about} looks like a regular expression. Write * for any characters and ? for one, for example intercom-*.'),
    ('forward_without_target',
      'La règle d''appel {about} renvoie les appels mais n''a pas de destination. Indiquez-la, par exemple sip:concierge@sip.neolia.app.',
      'The call rule {about} forwards calls but has no target. Write where to, for example sip:concierge@sip.neolia.app.'),
    ('target_malformed',
      'La destination de la règle d''appel {about} n''est pas une adresse SIP. Écrivez sip:nom@domaine avec le domaine en minuscules.',
      'The target of the call rule {about} is no SIP address. Write sip:name@domain with the domain in lower case.'),
    ('target_not_allowed',
      'La règle d''appel {about} envoie les appels vers une destination extérieure qui n''est pas autorisée. Choisissez-en une autre, ou demandez à l''exploitant de l''autoriser puis synchronisez à nouveau.',
      'The call rule {about} sends calls to a target outside that is not allowed. Choose another, or ask the operator to allow it and synchronise again.'),
    ('forward_targets_unreadable',
      'La liste des destinations autorisées du serveur téléphonique est illisible. Prévenez l''exploitant.',
      'The telephone server''s list of allowed targets can''t be read. Tell the operator.')
  ) e (code, fr, en)
  where e.code = p_code
$$;

-- "security_invoker": row level security asks who looks, not who made the view.
create or replace view public.sip_account_sync_view with (security_invoker = true) as
select s.account_id, s.unit_id, s.state, s.has_credentials, s.error_code,
  case when s.error_code is null then s.last_error
    else coalesce(public.intercom_explanation(s.error_code, l.language), s.last_error) end as last_error,
  s.last_error as last_error_detail, s.attempts, s.synced_at, s.updated_at
from public.sip_account_sync s
cross join (select public.intercom_language() as language) l;

revoke all on public.sip_account_sync_view from public, anon, authenticated, service_role;
grant select on public.sip_account_sync_view to authenticated, service_role;

-- select('*, sync(*)') on accounts: no foreign key leads from the state to its account, so PostgREST is told by a
-- function of this shape. "rows 1": one object and no list.
create or replace function public.sync(public.sip_accounts)
returns setof public.sip_account_sync_view
language sql
stable
rows 1
set search_path = ''
as $$
  select v.* from public.sip_account_sync_view v where v.account_id = $1.id
$$;

revoke all on function
  public.intercom_language(), public.intercom_explanation(text, text, text), public.sync(public.sip_accounts)
  from public, anon;
grant execute on function
  public.intercom_language(), public.intercom_explanation(text, text, text), public.sync(public.sip_accounts)
  to authenticated, service_role;
-- For its answers to people, which follow their language, too.
grant execute on function public.intercom_explanation(text, text, text) to neolia_functions;
