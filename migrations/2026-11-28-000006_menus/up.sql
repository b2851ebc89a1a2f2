-- Menus, which are found by a name as people are.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'menu', given.verb, 'everything'
  from roles join (values
    ('editor', 'read'), ('editor', 'write'), ('editor', 'publish'), ('editor', 'delete'),
    ('author', 'read'), ('reviewer', 'read'), ('viewer', 'read')
  ) given (role, verb) on given.role = roles.name and roles.built_in;
