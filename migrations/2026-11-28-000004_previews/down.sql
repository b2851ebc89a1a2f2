drop index publications_erased;
drop index routes_ending;
drop index routes_beginning;
