-- Who comes in and how: sessions, one-time links, mail that is due, and what is counted of those who were refused.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

alter table users
  add column version             bigint not null default 1 constraint users_version_positive check (version >= 1),
  add column password_changed_at timestamptz;
alter table roles
  add column version bigint not null default 1 constraint roles_version_positive check (version >= 1),
  add constraint roles_description_length check (char_length(description) <= 500);

create table sessions (
  id           uuid primary key,
  user_id      uuid not null references users (id),
  digest       bytea not null constraint sessions_digest_unique unique
               constraint sessions_digest_length check (octet_length(digest) = 32),
  created_at   timestamptz not null default mh_now(),
  last_seen_at timestamptz not null default mh_now(),
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  address      text collate "C" not null,
  user_agent   text not null default '' constraint sessions_user_agent_length check (char_length(user_agent) <= 400)
);
comment on table sessions is 'Signed-in browsers by SHA-256 of their cookie. Housekeeping: removed some time after their end.';
create index sessions_user on sessions (user_id, created_at);
create index sessions_expiry on sessions (expires_at);

create table one_time_links (
  id         uuid primary key,
  purpose    text collate "C" not null
             constraint one_time_links_purpose check (purpose in ('setup', 'invitation', 'reset')),
  user_id    uuid references users (id),
  digest     bytea not null constraint one_time_links_digest_unique unique
             constraint one_time_links_digest_length check (octet_length(digest) = 32),
  created_at timestamptz not null default mh_now(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  revoked_at timestamptz,
  constraint one_time_links_user check ((purpose = 'setup') = (user_id is null))
);
comment on table one_time_links is 'Invitations, password resets and the first administrator, by SHA-256 of their secret; each lets in once.';
create index one_time_links_user_purpose on one_time_links (user_id, purpose);

create table mails (
  id         uuid primary key,
  purpose    text collate "C" not null
             constraint mails_purpose check (purpose in ('invitation', 'reset', 'reset_asked', 'password_changed')),
  user_id    uuid references users (id),
  address    text collate "C",
  created_at timestamptz not null default mh_now(),
  due_at     timestamptz not null default mh_now(),
  attempts   integer not null default 0,
  last_error text,
  sent_at    timestamptz,
  given_up_at timestamptz,
  constraint mails_to_somebody check ((purpose = 'reset_asked') = (user_id is null) and (user_id is null) = (address is not null))
);
comment on table mails is 'Mail that is due, without its text: the secret of a link is made when it is sent and kept nowhere.';
create index mails_due on mails (due_at) where sent_at is null and given_up_at is null;
create index mails_user on mails (user_id) where user_id is not null;

create table login_limits (
  key      bytea primary key constraint login_limits_key_length check (octet_length(key) = 32),
  failures integer not null,
  last_at  timestamptz not null
);
comment on table login_limits is 'Wrong passwords in a row, by digest of an account or an address. Housekeeping: forgotten after a while.';
create index login_limits_last on login_limits (last_at);

create table refusals (
  minute  timestamptz not null,
  kind    text collate "C" not null constraint refusals_kind check (kind ~ '^[a-z_]{1,40}$'),
  address text collate "C" not null,
  user_id uuid not null default '00000000-0000-0000-0000-000000000000',
  count   bigint not null,
  primary key (minute, kind, address, user_id)
);
comment on table refusals is 'Who was turned away how often, by minute, reason, address and account (the nil id: none). Housekeeping: pruned.';

create index entries_created_by on entries (created_by, id) where created_by is not null;
create index events_actor on events (actor_id, id) where actor_id is not null;
create index events_action on events (action, id);

insert into roles (id, name, description, built_in) values
  ('019a0000-0000-7000-8000-000000000004', 'reviewer', 'Reads drafts, their history, and the site as of any instant.', true),
  ('019a0000-0000-7000-8000-000000000005', 'viewer', 'Reads drafts and their history.', true);
-- The star names every kind of content. What administers the installation is granted by name.
insert into role_grants (role_id, kind, verb, scope)
  select roles.id, given.kind, given.verb, 'everything'
  from roles join (values
    ('admin', 'user', 'read'), ('admin', 'user', 'manage'), ('admin', 'role', 'read'), ('admin', 'role', 'manage'),
    ('admin', 'token', 'read'), ('admin', 'token', 'manage'), ('admin', 'audit', 'read'),
    ('admin', 'site', 'manage'), ('admin', 'history', 'read'),
    ('reviewer', 'page', 'read'), ('reviewer', 'history', 'read'), ('viewer', 'page', 'read')
  ) given (role, kind, verb) on given.role = roles.name;
delete from role_grants where kind = '*' and verb = 'manage' and role_id = '019a0000-0000-7000-8000-000000000001';
