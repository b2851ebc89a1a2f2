-- Menus: editors write and publish them, all others who sign in read them.

insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'menu', given.verb, 'everything'
  from roles join (values
    ('editor', 'read'), ('editor', 'write'), ('editor', 'publish'), ('editor', 'delete'),
    ('author', 'read'), ('reviewer', 'read'), ('viewer', 'read')
  ) given (role, verb) on given.role = roles.name and roles.built_in;
