-- The whole life of a document: locales, working copies, planned ends, trash with descendants, redirects over time, and
-- the seals of the event chain.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

create table locales (
  id       uuid primary key,
  tag      text collate "C" not null constraint locales_tag_unique unique
           constraint locales_tag_shape check (tag ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
  fallback text collate "C" references locales (tag),
  added_at timestamptz not null default mh_now(),
  constraint locales_fallback_is_another check (fallback <> tag)
);
comment on table locales is 'The languages of the site. A fallback must be there before, so no chain of them leads back.';
insert into locales (id, tag) select gen_random_uuid(), default_locale from site;
insert into locales (id, tag) select gen_random_uuid(), locale from documents
  where locale not in (select tag from locales) group by locale;
alter table site add constraint site_default_locale foreign key (default_locale) references locales (tag);
alter table documents add constraint documents_locale foreign key (locale) references locales (tag);

-- Where the newest revision puts the document: for lists of children and for walks down the drafted tree.
alter table documents
  add column parent   uuid constraint documents_parent references entries (id),
  add column position text collate "C";
update documents d set
  parent   = (select f.target from revision_refs f
              where (f.entry_id, f.locale, f.number) = (d.entry_id, d.locale, d.head) and f.pointer = '/parent'),
  position = (select r.body ->> 'position' from revisions r
              where (r.entry_id, r.locale, r.number) = (d.entry_id, d.locale, d.head));
create index documents_children on documents (parent, locale, position, entry_id) where parent is not null;
create index documents_top on documents (kind, locale, position, entry_id) where parent is null;

alter table entries add column trashed_with uuid
  constraint entries_trashed_with references entries (id)
  constraint entries_trashed_with_needs_trash check (trashed_with is null or trashed_at is not null);
create index entries_trashed_with on entries (trashed_with) where trashed_with is not null;

alter table revisions
  add column source_locale text collate "C",
  add column source_number integer,
  add constraint revisions_source_whole check ((source_locale is null) = (source_number is null)),
  add constraint revisions_source_is_another check (source_locale <> locale),
  add constraint revisions_source foreign key (entry_id, source_locale, source_number)
    references revisions (entry_id, locale, number),
  drop constraint revisions_origin,
  add constraint revisions_origin check (
    origin in ('create', 'edit', 'restore', 'merge', 'import', 'duplicate', 'translate', 'unlink', 'move'));

-- "Where used" skips from user to user instead of reading every revision that ever pointed there.
drop index revision_refs_used_by;
create index revision_refs_used_by on revision_refs (target, entry_id, locale, number);

create table working_copies (
  entry_id   uuid not null,
  locale     text collate "C" not null,
  author     uuid not null references users (id),
  base       integer not null,
  body       jsonb not null constraint working_copies_body_is_object check (jsonb_typeof(body) = 'object'),
  version    bigint not null default 1 constraint working_copies_version_positive check (version >= 1),
  updated_at timestamptz not null default mh_now(),
  primary key (entry_id, locale, author),
  constraint working_copies_base foreign key (entry_id, locale, base) references revisions (entry_id, locale, number)
);
comment on table working_copies is 'What an author has typed and not saved, as the client sent it: one per author and document.';
create index working_copies_author on working_copies (author);

-- until is the end that an editor planned; during ends earlier when another publication begins before. date is the one
-- of the body, opened_at the instant of the change that made the row.
alter table publications
  add column opened_at timestamptz,
  add column until     timestamptz,
  add column date      timestamptz,
  add column erased_at timestamptz;
update publications p set
  opened_at = least(lower(p.during), (select changed_at from site)),
  until = case when upper(p.during) > mh_now() and not exists (
            select from publications n where (n.entry_id, n.locale) = (p.entry_id, p.locale)
              and lower(n.during) = upper(p.during)) then upper(p.during) end,
  date = case when p.published_at <> p.first_published_at then p.published_at end;
alter table publications
  alter column opened_at set not null,
  add constraint publications_until_covers check (until is null or until > lower(during));
-- Of a partial index Postgres takes no statistics. Without these it takes a third of all rows for ones that will end.
create statistics publications_ends on (upper(during)) from publications;

alter table redirects
  add column path_key bigint generated always as (hashtextextended(locale || ' ' || path, 0)) stored,
  add column during tstzrange,
  drop constraint redirects_path_unique;
update redirects set during = tstzrange(created_at, null);
alter table redirects
  alter column during set not null,
  add constraint redirects_during_shape check (
    not isempty(during) and lower_inc(during) and not lower_inf(during) and not upper_inc(during)
    and upper(during) is distinct from 'infinity'),
  add constraint redirects_path_unique exclude using gist (path_key with =, during with &&);

-- How far the worker has announced what began or ended by plan.
create table announced (
  id    smallint primary key default 1 constraint announced_single_row check (id = 1),
  until timestamptz not null
);
comment on table announced is 'One row: every planned beginning and end up to this instant has its event.';
-- Never later than the last change, so that what is planned from now on lies after it, whatever the clock does.
insert into announced (until) select changed_at from site;
create index publications_planned on publications (lower(during)) where opened_at < lower(during);
create index publications_planned_ends on publications (until) where until = upper(during);

-- The chain hashes sha256(data), so it still verifies when privacy law empties data.
alter table events add column data_sha256 bytea;
update events set data_sha256 = sha256(convert_to(data::text, 'UTF8')) where data is not null;

create table event_epochs (
  number            integer primary key,
  system_identifier bigint not null,
  first_event       bigint not null,
  began_at          timestamptz not null default mh_now()
);
comment on table event_epochs is 'The clusters that wrote events, in order: xact counts anew in each, so it says nothing across them.';

create table event_seals (
  number      bigint primary key constraint event_seals_number_positive check (number >= 1),
  epoch       integer not null references event_epochs (number),
  xact_from   xid8 not null,
  xact_until  xid8,
  events      bigint not null,
  last_event  bigint not null,
  digest      bytea not null constraint event_seals_digest_length check (octet_length(digest) = 32),
  sealed_at   timestamptz not null default mh_now(),
  predecessor bigint generated always as (nullif(number - 1, 0)) stored,
  constraint event_seals_without_gaps foreign key (predecessor) references event_seals (number)
);
comment on table event_seals is 'Each seal hashes the one before and the events of finished transactions since. Append-only.';
create index events_by_xact on events (xact, id);

-- What was public at another instant shows what was withdrawn and what is planned; admins may by their '*'.
insert into role_grants (role_id, kind, verb, scope)
  select id, 'history', 'read', 'everything' from roles where built_in and name = 'editor';
