-- What was written: entries, their documents, every revision, and what each revision points at.

create table entries (
  id         uuid primary key,
  kind       text collate "C" not null constraint entries_kind_shape check (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
  created_at timestamptz not null default mh_now(),
  created_by uuid references users (id),
  trashed_at timestamptz,
  trashed_by uuid references users (id),
  constraint entries_id_kind unique (id, kind)
);
comment on table entries is 'One piece of content over its whole life, in all languages.';

create table documents (
  entry_id   uuid not null,
  locale     text collate "C" not null,
  kind       text collate "C" not null,
  version    bigint not null default 1 constraint documents_version_positive check (version >= 1),
  head       integer not null,
  updated_at timestamptz not null default mh_now(),
  primary key (entry_id, locale),
  foreign key (entry_id, kind) references entries (id, kind)
);
comment on table documents is 'An entry in one locale. version moves with every change and is the ETag.';
create index documents_newest on documents (kind, locale, updated_at desc, entry_id);

create table revisions (
  entry_id       uuid not null,
  locale         text collate "C" not null,
  number         integer not null constraint revisions_number_positive check (number >= 1),
  title          text not null,
  body           jsonb,
  schema_version smallint not null,
  sha256         bytea not null constraint revisions_sha256_length check (octet_length(sha256) = 32),
  parent         integer,
  origin         text collate "C" not null
                 constraint revisions_origin check (origin in ('create', 'edit', 'restore', 'merge', 'import', 'duplicate')),
  author         uuid references users (id),
  note           text constraint revisions_note_length check (char_length(note) <= 1000),
  created_at     timestamptz not null default mh_now(),
  erased_at      timestamptz,
  predecessor    integer generated always as (nullif(number - 1, 0)) stored,
  primary key (entry_id, locale, number),
  foreign key (entry_id, locale) references documents (entry_id, locale),
  constraint revisions_without_gaps foreign key (entry_id, locale, predecessor)
    references revisions (entry_id, locale, number),
  constraint revisions_parent foreign key (entry_id, locale, parent) references revisions (entry_id, locale, number),
  constraint revisions_parent_is_older check (parent < number),
  constraint revisions_erased_or_there check ((body is null) = (erased_at is not null))
);
comment on table revisions is 'An immutable body. Append-only; sha256 is over its RFC 8785 form.';
alter table documents add constraint documents_head foreign key (entry_id, locale, head)
  references revisions (entry_id, locale, number) deferrable initially deferred;

create table revision_refs (
  entry_id uuid not null,
  locale   text collate "C" not null,
  number   integer not null,
  pointer  text collate "C" not null,
  target   uuid not null constraint revision_refs_target_exists references entries (id),
  primary key (entry_id, locale, number, pointer),
  foreign key (entry_id, locale, number) references revisions (entry_id, locale, number)
);
comment on table revision_refs is 'Which entry each place of a revision points at. Append-only, taken from the body at save.';
create index revision_refs_used_by on revision_refs (target);

create table import_sources (
  source      text collate "C" not null,
  key         text collate "C" not null,
  entry_id    uuid not null references entries (id),
  locale      text collate "C" not null,
  sha256      bytea not null constraint import_sources_sha256_length check (octet_length(sha256) = 32),
  imported_at timestamptz not null default mh_now(),
  primary key (source, key)
);
comment on table import_sources is 'What an import made, so that repeating it finds its own work again.';
create index import_sources_entry on import_sources (entry_id);
