//! Answers from memory when it matters: very many at once, and a process that is told of nothing.

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use futures_util::future::{join, join_all, join3};
use masthead::platform::db::Listener;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::builders::{publish, republish};
use crate::support::{Client, Role, TestSite};

/// How many wait for a lock in the database of a test.
const WAITING: &str = "select count(*)::text as value from pg_stat_activity \
    where wait_event_type = 'Lock' and datname = current_database()";

/// How many ask at once, each over a connection of its own.
const CROWD: usize = 2_000;

/// Client and server are one process here, so each connection takes two files.
fn make_room() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    let wanted = 2 * CROWD as u64 + 500;
    assert!(hard >= wanted, "this test opens {wanted} files, the hard limit is {hard}");
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(wanted), hard).expect("more files");
}

#[actix_web::test]
async fn two_thousand_who_ask_for_a_cold_page_at_once_cost_one_computation() {
    make_room();
    let site = TestSite::with_memory().await;
    let editor = site.client(Role::Editor).await;
    let id = publish(&editor, json!({ "title": "Cold", "slug": "cold" })).await.id();
    let address = site.address().trim_start_matches("http://");
    let connected = join_all((0..CROWD).map(|_| TcpStream::connect(address))).await;
    let request = format!("GET /v1/pages/{id} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    // Whoever computes waits here, while the others arrive.
    let mut holder = site.database.superuser().await;
    holder.batch_execute("begin; lock table publications in access exclusive mode").await.expect("a lock");
    let sent = Cell::new(0);
    let (request, counted) = (&request, &sent);
    let asked = join_all(connected.into_iter().map(|stream| async move {
        let mut stream = stream.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        counted.set(counted.get() + 1);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }));
    let release = async {
        while sent.get() < CROWD || site.database.texts(WAITING).await != ["1"] {
            tokio::task::yield_now().await;
        }
        holder.batch_execute("commit").await.expect("released");
    };
    let (answers, ()) = join(asked, release).await;
    for answer in answers {
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"title\":\"Cold\""),
            "{answer}"
        );
    }
    let counts = site.memory.as_ref().expect("memory").counts();
    let (hits, shared) = (counts.hits.load(Relaxed), counts.shared.load(Relaxed));
    assert_eq!((counts.fills.load(Relaxed), hits + shared), (1, CROWD as u64 - 1));
    assert!(shared > 0, "some of them waited");
    site.stop().await;
}

/// How long it is published without a pause.
const LOAD: Duration = Duration::from_secs(3);

#[actix_web::test]
async fn without_notifications_no_answer_of_another_process_is_older_than_a_second() {
    let site = TestSite::with_memory().await;
    // Nobody is told anything. One neighbour asks by itself, the other does not even that.
    site.database.execute("drop trigger tell_version on site").await;
    let (asking, alone) = (site.neighbour().await, site.neighbour().await);
    let _listener = Listener::start(site.database.reader(), asking.app.store.watch().clone());
    let editor = site.client(Role::Editor).await;
    let edition = |n: usize| json!({ "title": n.to_string(), "slug": "about" });
    let published = publish(&editor, edition(0)).await;
    let path = format!("/v1/pages/{}", published.id());
    // When each edition was public for certain.
    let known = RefCell::new(vec![Instant::now()]);
    let done = Cell::new(false);
    let read = async |reader: Client| {
        let mut reads = 0_usize;
        while !done.get() {
            let began = Instant::now();
            let title = reader.get(&path).await.expect(200).json["title"].clone();
            let edition: usize = title.as_str().and_then(|title| title.parse().ok()).expect("a number");
            let old = |public: &&Instant| began.saturating_duration_since(**public) > Duration::from_secs(1);
            let least = known.borrow().iter().take_while(old).count().saturating_sub(1);
            assert!(edition >= least, "edition {edition}, a second after {least}");
            reads += 1;
        }
        reads
    };
    let write = async {
        let (began, mut last) = (Instant::now(), published);
        while began.elapsed() < LOAD {
            let next = known.borrow().len();
            last = republish(&editor, &last.id(), last.version(), edition(next)).await;
            known.borrow_mut().push(Instant::now());
        }
        done.set(true);
    };
    let ((), first, second) = join3(write, read(asking.anonymous()), read(alone.anonymous())).await;
    assert!(known.borrow().len() > 3 && first > 10 && second > 10, "{first} and {second} reads");
    for neighbour in [asking, alone] {
        assert!(neighbour.memory.counts().hits.load(Relaxed) > 0, "answered from memory too");
        neighbour.stop().await;
    }
    site.stop().await;
}
