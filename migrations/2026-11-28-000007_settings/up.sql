-- Settings: a kind with one entry, which has the languages of the site and what stands in for what pages leave out.

create unique index entries_one_settings on entries (kind) where kind = 'settings';
-- Nearly every answer of the read API asks for them, at whatever instant.
create index publications_of_settings on publications (kind, lower(during)) where kind = 'settings';

-- Writing them is for administrators, who have all kinds by their star, and for roles of the site's own.
insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'settings', 'read', 'everything'
  from roles where roles.built_in and roles.name in ('editor', 'author', 'reviewer', 'viewer');
