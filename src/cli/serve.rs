//! `masthead serve`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;

use actix_web::HttpServer;
use actix_web::dev::{Server, ServerHandle};
use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::database::Database;
use super::{Context, Failure, block_on, say, worker};
use crate::app::App;
use crate::config::{MailConfig, MediaConfig, ServerConfig};
use crate::documents::reindex;
use crate::identity::{links, users};
use crate::metrics::{self, Watched};
use crate::platform::access::Permit;
use crate::platform::db::Listener;
use crate::platform::http::limited;
use crate::platform::jobs::{Task, Worker};
use crate::platform::mail::Mailer;
use crate::platform::metrics::Process;
use crate::platform::storage::Storage;
use crate::routes::Site;
use crate::sample;

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    server: ServerConfig,
    #[command(flatten)]
    mail: MailConfig,
    #[command(flatten)]
    media: MediaConfig,
    /// Load the sample site when the database holds no content yet.
    #[arg(long, env = "MASTHEAD_SAMPLE")]
    sample: bool,
    /// Do no background work in this process, such as announcing what went live by plan. At least one process of an
    /// installation must do it.
    #[arg(long, env = "MASTHEAD_NO_WORKER")]
    no_worker: bool,
}

impl Serve {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        // Wrong settings are told before anything is started.
        let mailer = self.mail.settings().map(|settings| Mailer::new(&settings)).transpose()?;
        let storage = context.storage()?;
        block_on(async {
            // Before anything is started, so that a signal during the start ends it in good order too.
            let signals = Signals::listen()?;
            storage.prepare().await?;
            let mut database = Database::open(&context.database)?;
            let served = self.serve(&mut database, signals, storage, mailer).await;
            // The requests have ended; now the database may.
            database.stop()?;
            served
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(
        &self,
        database: &mut Database,
        signals: Signals,
        storage: Storage,
        mailer: Option<Mailer>,
    ) -> Result<(), Failure> {
        let (app, administrator) =
            database.prepare(async |database| self.prepare(database, storage.clone()).await).await?;
        let app = app
            .with_mail(self.mail.public_url.clone().unwrap_or_default(), mailer)
            .with_site(self.mail.site_url.clone());
        let app = App { cache_tag_bytes: self.server.cache_tag_bytes(), ..self.media.apply(app) };
        let _listener = Listener::start(database.reader.clone(), app.store.watch().clone());
        let site = self.site(&app)?;
        let tasks = if self.no_worker { Vec::new() } else { worker::tasks(&app, self.server.unused_hours()) };
        let metrics = self.metrics(&app, &site, &tasks)?;
        let (server, addresses) = self.bind(site)?;
        if let Some(address) = addresses.first() {
            app.public_url.listens_on(*address);
        }
        greet(&addresses);
        for address in metrics.iter().flat_map(|(_, addresses)| addresses) {
            say(&format!("  metrics        http://{address}/metrics"));
        }
        if reindex::is_due(&app.store).await? {
            say(
                "Search and lists know less of older content than this version could tell them: run masthead reindex.",
            );
        }
        if !administrator {
            welcome(&app).await?;
        }
        actix_web::rt::spawn(signals.stop(server.handle()));
        let worker = Worker::start(tasks);
        let metrics = metrics.map(|(server, _)| actix_web::rt::spawn(server));
        let outcome = database
            .alive_during(async {
                let outcome = server.await;
                worker.stop().await;
                outcome
            })
            .await;
        if let Some(metrics) = metrics {
            metrics.abort();
        }
        app.store.close();
        outcome?;
        tracing::info!("stopped");
        Ok(())
    }

    async fn prepare(&self, database: &Database, storage: Storage) -> Result<(App, bool), Failure> {
        let app = database.app(storage).await?;
        if self.sample && sample::load(&app, &Permit::system("masthead serve --sample")).await? {
            tracing::info!("loaded the sample site");
        }
        let administrator = users::administrator_exists(&app).await?;
        Ok((app, administrator))
    }

    fn site(&self, app: &App) -> Result<Site, Failure> {
        let site = Site::new(app.clone(), self.server.limits(), self.server.network())?;
        Ok(site.remembering(self.server.cache_bytes()))
    }

    /// The listener for whoever gathers the numbers, where one is wanted.
    fn metrics(
        &self,
        app: &App,
        site: &Site,
        tasks: &[Task],
    ) -> Result<Option<(Server, Vec<SocketAddr>)>, Failure> {
        let Some(address) = self.server.metrics_listen else { return Ok(None) };
        let watched = Watched {
            app: app.clone(),
            traffic: site.traffic().clone(),
            memory: site.memory().cloned(),
            tasks: tasks.iter().map(Task::counts).collect(),
            process: Process::starts(),
        };
        let listening = metrics::http::listen(address, watched).map_err(|error| {
            Failure::new(format!(
                "cannot listen on {address}: {error}; choose another address with --metrics-listen or \
                 MASTHEAD_METRICS_LISTEN"
            ))
        })?;
        Ok(Some(listening))
    }

    fn bind(&self, site: Site) -> Result<(Server, Vec<SocketAddr>), Failure> {
        let limits = self.server.limits();
        let mut server = limited(HttpServer::new(move || site.service()), &limits);
        if let Some(workers) = self.server.workers {
            server = server.workers(workers.get());
        }
        let server = server.bind(self.server.listen).map_err(|error| {
            Failure::new(format!(
                "cannot listen on {}: {error}; choose another address with --listen or MASTHEAD_LISTEN",
                self.server.listen
            ))
        })?;
        let addresses = server.addrs();
        Ok((server.run(), addresses))
    }
}

/// SIGTERM and SIGINT. actix would take SIGINT as a reason to drop requests; here both let them finish.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }

    /// The first signal lets accepted requests finish, a second one does not wait for them.
    async fn stop(mut self, server: ServerHandle) {
        self.next().await;
        tracing::info!("stopping: accepted requests finish; a second signal ends them");
        let graceful = server.stop(true);
        tokio::select! {
            () = graceful => (),
            () = self.next() => server.stop(false).await,
        }
    }
}

/// Says where to look.
fn greet(addresses: &[SocketAddr]) {
    for address in addresses {
        say(&format!("Masthead listens on http://{address}"));
        say(&format!("  read API       http://{address}/v1/pages"));
        say(&format!("  documentation  http://{address}/docs and http://{address}/admin/docs"));
    }
}

/// Says how the first administrator comes in. The link goes to a person at a terminal and nowhere else: what is written
/// to a file or a pipe is kept and read by others.
async fn welcome(app: &App) -> Result<(), Failure> {
    say("There is no administrator yet.");
    let link = if std::io::stderr().is_terminal() { links::setup(app).await? } else { None };
    if let Some(link) = link {
        say("Open this link within the hour to become it. It works once; a new start prints a new one:");
        say(&format!("  {}", link.address(&app.public_url, None)));
    }
    say("On the command line, in another terminal, with the same settings:");
    say("  masthead user add --email you@example.org --name \"Your Name\" --role admin");
    say("  masthead token create --user you@example.org --name laptop");
    Ok(())
}
