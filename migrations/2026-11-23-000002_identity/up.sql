-- Who may do what: roles are sets of grants, users have a role, tokens act for a user.

create table roles (
  id          uuid primary key,
  name        text collate "C" not null constraint roles_name_unique unique
              constraint roles_name_shape check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  description text not null default '',
  built_in    boolean not null default false,
  created_at  timestamptz not null default mh_now()
);
comment on table roles is 'A role is a set of grants; the built-in ones can be given but not changed.';

create table role_grants (
  id           bigint generated always as identity primary key,
  role_id      uuid not null references roles (id),
  kind         text collate "C" not null,
  verb         text collate "C" not null constraint role_grants_verb check (verb in ('read', 'write', 'publish', 'delete', 'manage')),
  scope        text collate "C" not null default 'everything'
               constraint role_grants_scope check (scope in ('everything', 'own', 'subtree', 'locale')),
  scope_entry  uuid,
  scope_locale text collate "C",
  constraint role_grants_scope_value check (
    (scope = 'subtree') = (scope_entry is not null) and (scope = 'locale') = (scope_locale is not null)),
  constraint role_grants_unique unique nulls not distinct (role_id, kind, verb, scope, scope_entry, scope_locale)
);
comment on table role_grants is 'One right of a role: a verb on a kind (or *) within a scope.';

insert into roles (id, name, description, built_in) values
  ('019a0000-0000-7000-8000-000000000001', 'admin',  'Everything, people and settings included.', true),
  ('019a0000-0000-7000-8000-000000000002', 'editor', 'Writes, publishes and trashes all content.', true),
  ('019a0000-0000-7000-8000-000000000003', 'author', 'Writes own content; publishing is left to editors.', true);
insert into role_grants (role_id, kind, verb, scope)
  select roles.id, given.kind, given.verb, given.scope
  from roles join (values
    ('admin', '*', 'read', 'everything'), ('admin', '*', 'write', 'everything'), ('admin', '*', 'publish', 'everything'),
    ('admin', '*', 'delete', 'everything'), ('admin', '*', 'manage', 'everything'),
    ('editor', 'page', 'read', 'everything'), ('editor', 'page', 'write', 'everything'),
    ('editor', 'page', 'publish', 'everything'), ('editor', 'page', 'delete', 'everything'),
    ('author', 'page', 'read', 'everything'), ('author', 'page', 'write', 'own'), ('author', 'page', 'delete', 'own')
  ) given (role, kind, verb, scope) on given.role = roles.name;

create table users (
  id             uuid primary key,
  email          text collate "C" not null constraint users_email_unique unique
                 constraint users_email_folded check (email = lower(email) and octet_length(email) <= 254),
  name           text not null constraint users_name_length check (char_length(name) between 1 and 200),
  password_hash  text collate "C",
  role_id        uuid not null references roles (id),
  created_at     timestamptz not null default mh_now(),
  deactivated_at timestamptz
);
comment on table users is 'People who sign in. Never deleted: history names them.';
create index users_role on users (role_id);

create table api_tokens (
  id           uuid primary key,
  user_id      uuid not null references users (id),
  name         text not null constraint api_tokens_name_length check (char_length(name) between 1 and 200),
  digest       bytea not null constraint api_tokens_digest_unique unique
               constraint api_tokens_digest_length check (octet_length(digest) = 32),
  hint         text collate "C" not null,
  scopes       text[] not null default '{}',
  created_at   timestamptz not null default mh_now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
comment on table api_tokens is 'Bearer tokens by SHA-256; the token itself is shown once and kept nowhere.';
create index api_tokens_user on api_tokens (user_id);
