-- People: found by a name of their own in addresses, whether or not they have a page.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

-- Of kinds that readers find by a name: no two are public by the same one at any instant, past or future.
alter table publications
  add column key text collate "C",
  add constraint publications_one_entry_per_key
    exclude using gist (kind with =, locale with =, key with =, during with &&) where (key is not null);

insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'person', given.verb, given.scope
  from roles join (values
    ('editor', 'read', 'everything'), ('editor', 'write', 'everything'), ('editor', 'publish', 'everything'),
    ('editor', 'delete', 'everything'),
    ('author', 'read', 'everything'), ('author', 'write', 'own'), ('author', 'delete', 'own'),
    ('reviewer', 'read', 'everything'), ('viewer', 'read', 'everything')
  ) given (role, verb, scope) on given.role = roles.name and roles.built_in;
