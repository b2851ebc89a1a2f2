-- Menus, and all kinds that are found by a name and not by a path: no two of them have one name in a locale at one instant.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

alter table publications
  add column key text collate "C",
  add constraint publications_key_taken exclude using gist (kind with =, locale with =, key with =, during with &&)
    where (key is not null);

insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'menu', given.verb, 'everything'
  from roles join (values
    ('editor', 'read'), ('editor', 'write'), ('editor', 'publish'), ('editor', 'delete'),
    ('author', 'read'), ('reviewer', 'read'), ('viewer', 'read')
  ) given (role, verb) on given.role = roles.name and roles.built_in;
