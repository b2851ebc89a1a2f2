drop schema if exists mh cascade;
drop table search_progress, search_words;
drop index documents_derived;
alter table documents drop column derived_by;
drop index publications_derived;
alter table publications drop column search_text, drop column search;
do $$
declare config name;
begin
  for config in select cfgname from pg_ts_config where cfgnamespace = 'public'::regnamespace and cfgname like 'search\_%'
  loop
    execute format('drop text search configuration public.%I', config);
  end loop;
end $$;
drop extension unaccent;
drop extension pg_trgm;
