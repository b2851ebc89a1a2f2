//! The background work of `masthead serve`: the list of its tasks. Every process runs all of them, and each task sees to
//! it that its work is done once.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::app::App;
use crate::blobs;
use crate::delivery::media::ahead::{self, Progress};
use crate::documents::{announce, dictionary};
use crate::identity::{self, links, refusals};
use crate::platform::access::Permit;
use crate::platform::db::seal;
use crate::platform::jobs::{Next, Task};

/// How often a process looks for what began or ended by plan when it knows of nothing nearer.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(1);

/// How often a process seals what was recorded since.
const SEAL_EVERY: Duration = Duration::from_secs(10);

/// How often a process looks for mail that is due.
const MAIL_EVERY: Duration = Duration::from_secs(2);

/// How often a process writes whom it turned away.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// How often a process looks whether pictures have become public.
const RENDER_EVERY: Duration = Duration::from_secs(2);

/// How often a process looks whether the dictionary is behind.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// How often what is long past is removed.
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);

/// How often bytes that nothing shows are looked for.
const COLLECT_EVERY: Duration = Duration::from_secs(60 * 60);

/// The tasks, one line each. Bytes that nothing shows are kept for so many hours.
pub(super) fn tasks(app: &App, unused_hours: u32) -> Vec<Task> {
    vec![
        announcing(app.clone()),
        sealing(app.clone()),
        mailing(app.clone()),
        counting(app.clone()),
        pruning(app.clone()),
        rendering(app.clone()),
        following(app.clone()),
        collecting(app.clone(), unused_hours),
    ]
}

fn rendering(app: App) -> Task {
    let progress = Rc::new(Mutex::new(Progress::default()));
    Task::new("renditions", RENDER_EVERY, move || {
        let (app, progress) = (app.clone(), progress.clone());
        async move {
            let made = ahead::make(&app, &mut *progress.lock().await).await?;
            if made > 0 {
                tracing::info!(made, "made pictures of what became public");
            }
            Ok(Next::Usual)
        }
    })
}

fn following(app: App) -> Task {
    Task::new("dictionary", FOLLOW_EVERY, move || {
        let app = app.clone();
        async move {
            let more = dictionary::follow(&app).await?;
            Ok(if more { Next::Within(Duration::ZERO) } else { Next::Usual })
        }
    })
}

fn mailing(app: App) -> Task {
    Task::new("mail", MAIL_EVERY, move || {
        let app = app.clone();
        async move {
            let sent = links::deliver(&app).await?;
            if sent > 0 {
                tracing::info!(sent, "sent mail");
            }
            Ok(Next::Usual)
        }
    })
}

fn counting(app: App) -> Task {
    Task::new("count refusals", COUNT_EVERY, move || {
        let app = app.clone();
        async move {
            refusals::write(&app, &Permit::system("worker: counts who was turned away")).await?;
            Ok(Next::Usual)
        }
    })
}

fn pruning(app: App) -> Task {
    Task::new("prune", PRUNE_EVERY, move || {
        let app = app.clone();
        async move {
            let rows = identity::prune(&app).await?;
            if rows > 0 {
                tracing::info!(rows, "removed old sessions, links, mail and counts");
            }
            Ok(Next::Usual)
        }
    })
}

fn collecting(app: App, unused_hours: u32) -> Task {
    Task::new("collect", COLLECT_EVERY, move || {
        let app = app.clone();
        async move {
            let left = app.storage.spool().sweep().await?;
            let done = blobs::collect(&app, unused_hours).await?;
            if left + done.rows + done.files > 0 {
                tracing::info!(
                    left,
                    rows = done.rows,
                    files = done.files,
                    "removed bytes that nothing shows"
                );
            }
            Ok(Next::Usual)
        }
    })
}

fn announcing(app: App) -> Task {
    Task::new("announce", ANNOUNCE_EVERY, move || {
        let app = app.clone();
        async move {
            let permit = Permit::system("worker: announces what began or ended by plan");
            let done = announce::announce(&app, &permit).await?;
            if done.events > 0 {
                tracing::info!(events = done.events, "announced what began or ended by plan");
            }
            Ok(done.next_in.map_or(Next::Usual, Next::Within))
        }
    })
}

fn sealing(app: App) -> Task {
    Task::new("seal", SEAL_EVERY, move || {
        let app = app.clone();
        async move {
            let sealed = seal::seal(&app.store).await?;
            Ok(if sealed.more { Next::Within(Duration::ZERO) } else { Next::Usual })
        }
    })
}
