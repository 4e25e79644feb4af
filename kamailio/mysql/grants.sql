-- The function app's database user, with exactly the rights it needs, and what Kamailio's own user needs besides.
--
--   mariadb kamailio < grants.sql          as an administrator, after tables.sql
--
-- Run with Kamailio's database as default. Runs twice without harm: a user that exists keeps its password and its
-- lock. No statement holds a ';' at the end of a line except its own: a program may split the file there
-- (MySqlConnector needs AllowUserVariables=true).
--
-- The user is born locked, with a random password that nobody knows. The operator opens it:
--   alter user 'neolia_functions'@'%' identified by '...' account unlock;
-- Replace % by the app's own network where that is known (rename user), and require TLS outside the machine. It is not
-- made again while there is one on any host but this machine; every host of that name gets the same rights, so that
-- an upgrade reaches the one that is used.
-- Kamailio's user is taken to be 'kamailio' on any host; for another name:
--   set @neolia_kamailio_user = 'name';    in the same session, before this file

set @neolia_ddl = if(
  exists (select 1 from mysql.user where user = 'neolia_functions' and host not in ('localhost', '127.0.0.1', '::1')),
  'do 0',
  concat(
    'create user if not exists ''neolia_functions''@''%'' identified by ''Nx-', lower(hex(random_bytes(32))),
    ''' account lock'));
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = null;

set @neolia_app = (
  select group_concat(concat(quote(user), '@', quote(host)) separator ', ')
  from mysql.user
  where user = 'neolia_functions');

-- Contacts are deleted, never made: only a device registers.
set @neolia_ddl = concat('grant select, insert, update, delete on subscriber to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, delete on location to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;

-- No delete: fences, tombstones and owners of names stay for ever.
set @neolia_ddl = concat('grant select, insert, update on neolia_account to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, insert, update on neolia_identity to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, insert, update on neolia_unit to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, insert, update on neolia_progress to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, insert, update, delete on neolia_kick to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = concat('grant select, insert, update, delete on neolia_call_rule to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;

-- The operator's list, for the sync and for Kamailio to read.
set @neolia_ddl = concat('grant select on neolia_forward_target to ', @neolia_app);
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;

-- Kamailio decides calls from these and writes none of them. Its user often has rights on the whole database
-- already; where it does not exist there is nothing to grant.
set @neolia_kamailio = (
  select group_concat(concat(quote(user), '@', quote(host)) separator ', ')
  from mysql.user
  where user = coalesce(@neolia_kamailio_user, 'kamailio'));
set @neolia_ddl = coalesce(concat('grant select on neolia_account to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = coalesce(concat('grant select on neolia_identity to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = coalesce(concat('grant select on neolia_kick to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = coalesce(concat('grant select on neolia_unit to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = coalesce(concat('grant select on neolia_call_rule to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
set @neolia_ddl = coalesce(concat('grant select on neolia_forward_target to ', @neolia_kamailio), 'do 0');
prepare neolia_statement from @neolia_ddl;
execute neolia_statement;
deallocate prepare neolia_statement;
