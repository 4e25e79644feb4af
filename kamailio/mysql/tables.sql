-- Neolia's own tables in Kamailio's database. Stock tables are only read here.
--
--   mariadb kamailio < tables.sql          MariaDB 10.11 and later, MySQL 8 and later
--
-- Run with the database as default. Runs twice without harm. No statement holds a ';' at the end of a line except
-- its own: a program may split the file there (MySqlConnector needs AllowUserVariables=true).
--
-- Names are compared with subscriber's, so they get the character set and collation that subscriber.username has on
-- this server: stock databases are latin1 or utf8mb4, and two collations in one join are an error. Neither server
-- takes a variable as a collation, hence the prepared statements.

-- Stops here with "Table ... doesn't exist" where Kamailio's own tables are missing.
do exists (select username, domain from subscriber);

set @neolia_collation = (
  select concat('character set ', character_set_name, ' collate ', collation_name)
  from information_schema.columns
  where table_schema = database() and table_name = 'subscriber' and column_name = 'username');
set @neolia_name = concat('varchar(64) ', @neolia_collation, ' not null');
set @neolia_uri = concat('varchar(255) ', @neolia_collation);

-- Fence and tombstone of an account: a version only grows, a row is never deleted.
create table if not exists neolia_account (
  account_id char(36) character set ascii collate ascii_bin not null,
  version bigint not null default 0,
  unit_id char(36) character set ascii collate ascii_bin null,
  type varchar(16) character set ascii collate ascii_bin null,
  extension varchar(64) character set utf8mb4 collate utf8mb4_bin null,
  deleted tinyint(1) not null default 0,
  applied_at datetime(6) null,
  primary key (account_id),
  key neolia_account_unit (unit_id, extension),
  key neolia_account_extension (extension, unit_id)
) engine = InnoDB default character set ascii;

-- Who owns a name, and the version at which its last owner held it. Rows are never deleted: a stalled worker must
-- find the newer owner. Locked before any row of subscriber is touched.
set @neolia_ddl = concat('create table if not exists neolia_identity (
  domain ', @neolia_name, ',
  username ', @neolia_name, ',
  account_id char(36) character set ascii collate ascii_bin null,
  version bigint not null default 0,
  primary key (domain, username),
  key neolia_identity_account (account_id)
) engine = InnoDB');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
deallocate prepare neolia_statement;

-- Names whose contacts must still be deleted from location, and the account that may not count as synced before. A
-- row appears with the change that calls for it, in one transaction, and goes with the contacts: a worker that dies in
-- between leaves the work to whoever takes the account next.
set @neolia_ddl = concat('create table if not exists neolia_kick (
  account_id char(36) character set ascii collate ascii_bin not null,
  domain ', @neolia_name, ',
  username ', @neolia_name, ',
  primary key (account_id, domain, username)
) engine = InnoDB');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
deallocate prepare neolia_statement;

-- Where a unit stands (fence and tombstone too). A unit that moves changes this row and none of its accounts.
create table if not exists neolia_unit (
  unit_id char(36) character set ascii collate ascii_bin not null,
  version bigint not null default 0,
  site_id char(36) character set ascii collate ascii_bin null,
  building_id char(36) character set ascii collate ascii_bin null,
  number varchar(64) character set utf8mb4 collate utf8mb4_bin null,
  deleted tinyint(1) not null default 0,
  applied_at datetime(6) null,
  primary key (unit_id),
  key neolia_unit_number (site_id, number),
  key neolia_unit_building (building_id, number)
) engine = InnoDB default character set ascii;

-- The enabled call rules of a unit; replaced as a whole under the unit's fence. A target is compared with names.
set @neolia_ddl = concat('create table if not exists neolia_call_rule (
  unit_id char(36) character set ascii collate ascii_bin not null,
  rule_id char(36) character set ascii collate ascii_bin not null,
  priority int not null default 0,
  source_like varchar(512) character set utf8mb4 collate utf8mb4_bin not null,
  action varchar(16) character set ascii collate ascii_bin not null,
  target_uri ', @neolia_uri, ' null,
  primary key (unit_id, rule_id)
) engine = InnoDB default character set ascii');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
deallocate prepare neolia_statement;

-- The greatest version that was applied, so that nobody has to look for it in all fences: a restored backup shows in it.
-- In several rows, as whoever writes one holds it until the commit; the greatest counts.
create table if not exists neolia_progress (
  slot tinyint unsigned not null,
  version bigint not null default 0,
  primary key (slot)
) engine = InnoDB;
insert into neolia_progress (slot, version)
select 0, greatest(
  coalesce((select max(version) from neolia_account), 0), coalesce((select max(version) from neolia_unit), 0),
  coalesce((select max(version) from neolia_identity), 0))
from (select 1) as once
where not exists (select 1 from neolia_progress);

-- Where call rules may forward to beside the served domains. Filled by the operator alone: a whole address
-- (sip:desk@pbx.example, sip:desk@pbx.example:5080), or sip:host[:port] for everybody there.
create table if not exists neolia_forward_target (
  uri varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
  primary key (uri)
) engine = InnoDB default character set ascii;
