-- The greatest version that Kamailio's database had seen when the two were last compared. If it ever shows less, it was
-- restored from a backup (rule M2).
create table if not exists kamailio_sync.kamailio_progress (
  only_row boolean primary key default true check (only_row),
  greatest_version bigint not null,
  -- False from when this database's sequence was found behind Kamailio's versions, and had to be raised, until everything
  -- has been compared: afterwards the sequence tells nothing any more.
  is_compared boolean not null default true,
  seen_at timestamptz not null default now()
);

revoke all on kamailio_sync.kamailio_progress from public, anon, authenticated, service_role;
grant select, insert, update on kamailio_sync.kamailio_progress to neolia_functions;
