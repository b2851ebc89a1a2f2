-- Search: a vector of words for each publication, a configuration for each language that Postgres knows the word stems of,
-- and a dictionary of the words that are public, from which typing errors are mended.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- Accents are taken off before the stem is found, so that words are found with and without them.
do $$
declare language text;
begin
  foreach language in array array[
    'simple', 'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek',
    'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese', 'romanian',
    'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish']
  loop
    execute format('create text search configuration public.search_%s (copy = pg_catalog.%1$s)', language);
    execute format('alter text search configuration public.search_%s alter mapping for hword, hword_part, word with unaccent, %s',
      language, case language when 'simple' then 'simple' else language || '_stem' end);
  end loop;
end $$;

alter table publications
  add column search      tsvector,
  add column search_text text;
-- What ended is found by other ways: only those who may ask for another instant look for it. The list of what waits to be
-- sorted in is short, because every search reads it.
create index publications_search on publications using gin (search) with (gin_pending_list_limit = 512)
  where upper_inf(during);
create index publications_search_titles on publications using gin (ts_filter(search, '{a}'))
  with (gin_pending_list_limit = 512) where upper_inf(during);
create index publications_derived on publications (derived_by, id) where upper_inf(during);

alter table documents add column derived_by smallint not null default 1;
create index documents_derived on documents (derived_by, entry_id, locale);

create table search_words (
  locale    text collate "C" not null,
  word      text collate "C" not null,
  documents integer not null constraint search_words_documents_positive check (documents > 0),
  primary key (locale, word)
);
comment on table search_words is 'The words of what is public, with how many documents have each: what typing errors are mended by. Housekeeping.';
create index search_words_near on search_words using gin (word gin_trgm_ops);

-- Publications are counted in the order in which they begin, and taken out in the order in which they end.
create table search_progress (
  id       smallint primary key default 1 constraint search_progress_single_row check (id = 1),
  begun    timestamptz not null default '-infinity',
  begun_id uuid not null default 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ended    timestamptz not null,
  ended_id uuid not null default 'ffffffff-ffff-ffff-ffff-ffffffffffff'
);
comment on table search_progress is 'One row: the last beginning and the last end that the dictionary has taken in.';
insert into search_progress (ended) select changed_at from site;
