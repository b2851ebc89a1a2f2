//! A running Masthead for one test: the real server with all its middleware, on a free port, over its own database.

use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use masthead::app::App;
use masthead::content;
use masthead::identity::sessions::{self, Caller};
use masthead::identity::tokens::{self, NewToken, TokenScope};
use masthead::identity::users::{self, Email, NewAccount, Password, PersonName};
use masthead::platform::access::Permit;
use masthead::platform::db::{Store, StoreConfig};
use masthead::platform::http::{HttpLimits, Memory, Network, limited};
use masthead::platform::id::UserId;
use masthead::routes::Site;

use super::client::Client;
use super::database::TestDatabase;
use super::files::TestFiles;

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Admin,
    Editor,
    Author,
    Reviewer,
    Viewer,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Admin, Self::Editor, Self::Author, Self::Reviewer, Self::Viewer];

    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Author => "author",
            Self::Reviewer => "reviewer",
            Self::Viewer => "viewer",
        }
    }
}

/// A server, its services and its database.
pub struct TestSite {
    pub app: App,
    pub database: TestDatabase,
    pub files: TestFiles,
    /// What is kept of the answers of the read API; nothing unless the test asks for it.
    pub memory: Option<Memory>,
    address: String,
    handle: ServerHandle,
}

/// Another process over the database of a test, with its own memory.
pub struct Neighbour {
    pub app: App,
    pub memory: Memory,
    address: String,
    handle: ServerHandle,
}

impl TestSite {
    /// Starts with the default limits over an empty database.
    pub async fn start() -> Self {
        Self::with_limits(HttpLimits::default()).await
    }

    /// Starts with these limits over an empty database.
    pub async fn with_limits(limits: HttpLimits) -> Self {
        Self::over(TestDatabase::migrated().await, limits).await
    }

    /// Starts with these limits over a database that may have content.
    pub async fn over(database: TestDatabase, limits: HttpLimits) -> Self {
        Self::within(database, limits, Network::default()).await
    }

    /// Starts with these limits and these proxies in front over a database that may have content.
    pub async fn within(database: TestDatabase, limits: HttpLimits, network: Network) -> Self {
        Self::serving(database, limits, network, |app| app).await
    }

    /// The same with services that a test has changed.
    pub async fn serving(
        database: TestDatabase,
        limits: HttpLimits,
        network: Network,
        changed: impl FnOnce(App) -> App,
    ) -> Self {
        Self::remembering(database, limits, network, changed, 0).await
    }

    /// Starts with the default limits over an empty database, and keeps answers of the read API in memory.
    pub async fn with_memory() -> Self {
        let database = TestDatabase::migrated().await;
        Self::remembering(database, HttpLimits::default(), Network::default(), |app| app, 8 << 20).await
    }

    async fn remembering(
        database: TestDatabase,
        limits: HttpLimits,
        network: Network,
        changed: impl FnOnce(App) -> App,
        memory: u64,
    ) -> Self {
        let files = TestFiles::new();
        files.storage().prepare().await.expect("a folder");
        let app = changed(services(&database, &files).await);
        let (memory, address, handle) = serve(&app, limits, network, memory);
        Self { app, database, files, memory, address, handle }
    }

    /// Starts another process over the same database and the same files.
    pub async fn neighbour(&self) -> Neighbour {
        let app = services(&self.database, &self.files).await;
        let (memory, address, handle) = serve(&app, HttpLimits::default(), Network::default(), 8 << 20);
        Neighbour { app, memory: memory.expect("memory"), address, handle }
    }

    /// The address of the server, without a path.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A client without a credential.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// A client with this bearer token, good or not.
    pub fn bearer(&self, token: &str) -> Client {
        Client::new(&self.address, Some(token))
    }

    /// A client with a token of a new user of this role.
    pub async fn client(&self, role: Role) -> Client {
        let user = self.user(role).await;
        self.client_of(user, &[]).await
    }

    /// A new user of this role.
    pub async fn user(&self, role: Role) -> UserId {
        self.user_of(role.name()).await
    }

    /// A client with a token of a new user of a new role with these grants: the kind, the verb, the scope, and the entry or
    /// the locale that the scope names.
    pub async fn limited(&self, grants: &[(&str, &str, &str, Option<&str>)]) -> Client {
        let user = self.limited_user(grants).await;
        self.client_of(user, &[]).await
    }

    /// The same user without a client.
    pub async fn limited_user(&self, grants: &[(&str, &str, &str, Option<&str>)]) -> UserId {
        let role = self.app.ids.uuid();
        let name = format!("limited-{}", role.simple());
        let rows: Vec<String> = grants
            .iter()
            .map(|(kind, verb, scope, of)| {
                let named = |which: &str| match of {
                    Some(of) if *scope == which => format!("'{of}'"),
                    _ => "null".to_owned(),
                };
                let (entry, locale) = (named("subtree"), named("locale"));
                format!("('{role}', '{kind}', '{verb}', '{scope}', {entry}::uuid, {locale})")
            })
            .collect();
        let sql = format!(
            "insert into roles (id, name) values ('{role}', '{name}'); \
             insert into role_grants (role_id, kind, verb, scope, scope_entry, scope_locale) values {}; \
             insert into events (actor_kind, reason, action, subject_kind, subject_id) \
             values ('system', 'test', 'role.created', 'role', '{role}')",
            rows.join(", ")
        );
        self.database.execute(&sql).await;
        self.user_of(&name).await
    }

    async fn user_of(&self, role: &str) -> UserId {
        let address = format!("{}@example.org", self.app.ids.uuid().simple());
        let account = NewAccount {
            email: Email::parse(&address).expect("address"),
            name: PersonName::parse("Ilse Fictional").expect("name"),
            role: role.into(),
            password: Password::parse("violet harbour lantern").expect("password"),
        };
        users::add(&self.app, &Permit::system("test"), account).await.expect("user")
    }

    /// A client with a new token of this user, cut down to these scopes.
    pub async fn client_of(&self, user: UserId, scopes: &[&str]) -> Client {
        let scopes = scopes.iter().map(|scope| TokenScope::parse(scope).expect("scope")).collect();
        let new = NewToken { user, name: "test".into(), scopes, expires_in: None };
        let secret = tokens::create(&self.app, &Permit::system("test"), new).await.expect("token");
        Client::new(&self.address, Some(secret.reveal()))
    }

    /// A browser in which a user is signed in.
    pub async fn browser(&self, user: UserId) -> Client {
        let caller = Caller {
            address: "127.0.0.1".into(),
            network: "127.0.0.1".into(),
            user_agent: "a browser of the test".into(),
            request_id: None,
        };
        let actor = caller.signs_in_as(user);
        let opened = self.app.store.change(&actor, async |tx| {
            let (opened, event) = sessions::open(&self.app, tx, &caller, user).await?;
            tx.record(event, opened).await
        });
        let secret = opened.await.expect("session").secret;
        self.anonymous().with_cookie(&format!("masthead_session={}", secret.reveal()))
    }

    /// Stops the server and closes its connections; the database stays for as long as it is held.
    pub async fn stop(self) -> TestDatabase {
        self.handle.stop(true).await;
        self.app.store.close();
        self.database
    }
}

impl Neighbour {
    /// A client without a credential.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// Stops the server and closes its connections.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        self.app.store.close();
    }
}

async fn services(database: &TestDatabase, files: &TestFiles) -> App {
    let store = Store::new(&StoreConfig {
        service: database.service(),
        reader: database.reader(),
        connections: 8,
        wait: Duration::from_secs(5),
        slow: None,
    })
    .expect("pools");
    App::new(store, files.storage(), content::kinds()).await.expect("services")
}

fn serve(
    app: &App,
    limits: HttpLimits,
    network: Network,
    memory: u64,
) -> (Option<Memory>, String, ServerHandle) {
    let site = Site::new(app.clone(), limits, network).expect("routes").remembering(memory);
    let memory = site.memory().cloned();
    let server = limited(HttpServer::new(move || site.service()), &limits).workers(1);
    let server = server.bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", server.addrs()[0]);
    app.public_url.listens_on(server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (memory, address, handle)
}
