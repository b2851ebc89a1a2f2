drop table redirects;
drop table routes;
drop table publications;
