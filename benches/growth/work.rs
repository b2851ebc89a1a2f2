//! A filled database under the library's own actions.

use std::time::{Duration, Instant};

use masthead::content::pages::Page;
use masthead::documents::model::{NewRevision, Origin};
use masthead::documents::{self, Basis, Publication, Seen, Which};
use masthead::platform::access::Permit;
use masthead::platform::db::migrate;
use masthead::platform::http::HttpLimits;
use masthead::platform::id::EntryId;
use serde_json::Value;

use super::support::growth::{Size, fill};
use super::support::{TestDatabase, TestSite, database};

/// A site over a filled database.
pub struct Filled {
    pub site: TestSite,
}

impl Filled {
    /// With the clock of the product, which a test database replaces.
    pub async fn new(size: Size) -> Self {
        let database = TestDatabase::bare().await;
        migrate::run(&database.owner(), &database::roles()).await.expect("migrations run");
        fill(&database, size).await;
        Self { site: TestSite::over(database, HttpLimits::default()).await }
    }

    /// How many rows there are.
    pub async fn contents(&self) -> String {
        let sql = "select format('%s documents, %s revisions, %s publications, %s public now, %s', \
              (select count(*) from documents), (select count(*) from revisions), (select count(*) from publications), \
              (select count(*) from mh.public_documents), pg_size_pretty(pg_database_size(current_database()))) as value";
        self.site.database.texts(sql).await.remove(0)
    }

    /// Public pages without anything below them, at the same depth whatever the size.
    pub async fn leaves(&self, count: usize) -> Vec<String> {
        let sql = format!(
            "select entry_id::text as value from routes where upper_inf(during) and path ~ '^(/[^/]+){{3}}$' \
               and not exists (select from documents c where c.parent = routes.entry_id) \
             order by md5(entry_id::text) limit {count}"
        );
        self.site.database.texts(&sql).await
    }

    /// The page below which most pages hang.
    pub async fn root(&self) -> String {
        let sql = "select p.parent::text as value from documents p join documents c on c.parent = p.entry_id \
            join documents g on g.parent = c.entry_id where p.parent is not null group by p.parent \
            order by count(*) desc limit 1";
        self.site.database.texts(sql).await.remove(0)
    }

    /// Saves a page with another value of this field and publishes that: how long each took.
    pub async fn change(&self, id: &str, field: &str, value: &str) -> (Duration, Duration) {
        let app = &self.site.app;
        let spec = app.kinds.get("page").expect("pages");
        let entry: EntryId = id.parse().expect("an id");
        let (version, mut body) = self.head(id).await;
        body[field] = value.into();
        let new = NewRevision::new(body, Origin::Edit);
        let (which, basis) = (Which::entry(entry), Basis::Version(version));

        let start = Instant::now();
        let saved = documents::save::<Page>(app, &Permit::system("growth"), spec, which, basis, new).await;
        let saving = start.elapsed();
        let header = saved.expect("a save").snapshot.state.header;

        let seen = Seen::new(entry, header.version);
        let publication = Publication::now(header.head);
        let start = Instant::now();
        let published = documents::publish::<Page>(app, &Permit::system("growth"), seen, &publication).await;
        let publishing = start.elapsed();
        published.expect("a publication");
        (saving, publishing)
    }

    /// The version of a page and its newest body.
    async fn head(&self, id: &str) -> (i64, Value) {
        let sql = format!(
            "select json_build_array(d.version, r.body)::text as value from documents d \
             join revisions r on (r.entry_id, r.locale, r.number) = (d.entry_id, d.locale, d.head) where d.entry_id = '{id}'"
        );
        let row = self.site.database.texts(&sql).await.remove(0);
        serde_json::from_str(&row).expect("a version and a body")
    }
}
