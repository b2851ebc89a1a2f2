//! Mail as people get it: through a real SMTP server on the loopback, read from what arrived there.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use masthead::app::App;
use masthead::identity::links::{self, Letter};
use masthead::identity::users::Email;
use masthead::platform::access::Actor;
use masthead::platform::mail::{MailSettings, Mailer, Sender};
use masthead::platform::problem::{Code, Problem};
use masthead::platform::public_url::PublicUrl;
use reqwest::Method;

use crate::one_time_links::deactivate;
use crate::support::smtp::{ESCAPED, Manner, PASSWORD, Received, SmtpServer, USER, nowhere};
use crate::support::{Role, TestSite};

const SITE: &str = "https://cms.example.org";

fn settings(url: &str) -> MailSettings {
    MailSettings {
        url: url.into(),
        from: Sender::parse("Masthead <cms@example.org>").expect("sender"),
        authority: None,
        timeout: Duration::from_secs(10),
    }
}

/// The services of a site with mail by these settings.
fn with(site: &TestSite, settings: &MailSettings) -> App {
    let mailer = Mailer::new(settings).expect("good settings");
    site.app.clone().with_mail(PublicUrl::parse(SITE).expect("address"), Some(mailer))
}

fn plain(site: &TestSite, address: SocketAddr) -> App {
    with(site, &settings(&format!("smtp://{address}")))
}

async fn enqueue(app: &App, letter: Letter) {
    app.store
        .housekeep(async |work| links::enqueue(work, app.ids, &letter).await)
        .await
        .expect("in the queue");
}

async fn deliver(app: &App) -> usize {
    links::deliver(app).await.expect("the database is there")
}

/// Whether the link of a mail lets in.
async fn lets_in(app: &App, mail: &Received) -> bool {
    let link = mail.link();
    let secret = link.split(['=', '&']).nth(1).expect("a secret");
    is_good(app, secret).await
}

/// Whether a secret lets in; tried in a change that is taken back.
async fn is_good(app: &App, secret: &str) -> bool {
    let tried: Result<(), Problem> = app
        .store
        .change(&Actor::system("test"), async |tx| {
            links::redeem(tx, secret).await?;
            Err(Problem::new(Code::Conflict))
        })
        .await;
    tried.expect_err("taken back").code() == Code::Conflict
}

/// How the queue stands: purpose, attempts, what went wrong, and the end.
async fn queue(site: &TestSite) -> Vec<String> {
    let sql = "select concat_ws(' ', purpose, attempts, last_error, case when sent_at is not null then 'sent' end, \
        case when given_up_at is not null then 'given up' end) as value from mails order by id";
    site.database.texts(sql).await
}

async fn links_left(site: &TestSite) -> String {
    let sql =
        "select count(*)::text as value from one_time_links where used_at is null and revoked_at is null";
    site.database.texts(sql).await.remove(0)
}

async fn address_of(site: &TestSite, user: impl std::fmt::Display) -> String {
    site.database.texts(&format!("select email as value from users where id = '{user}'")).await.remove(0)
}

#[actix_web::test]
async fn an_invitation_arrives_and_its_link_lets_in() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Plain).await);
    let app = plain(&site, smtp.address);
    let user = site.user(Role::Editor).await;
    enqueue(&app, Letter::Invitation(user)).await;
    assert_eq!(links_left(&site).await, "0", "the secret is made when the mail is sent");
    assert_eq!(deliver(&app).await, 1);
    let [mail] = &smtp.mails()[..] else { panic!("one mail") };
    let address = address_of(&site, user).await;
    assert_eq!((mail.from.as_str(), &mail.to[..]), ("cms@example.org", &[address.clone()][..]));
    assert_eq!(mail.header("from"), "Masthead <cms@example.org>");
    assert_eq!(mail.header("to"), format!("\"Ilse Fictional\" <{address}>"));
    assert_eq!(mail.header("subject"), "Your account at cms.example.org");
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert!(mail.header("message-id").ends_with("@example.org>"));
    assert!(mail.link().starts_with(&format!("{SITE}/admin/enter#invitation=mhl_")), "{}", mail.link());
    assert!(mail.link().ends_with("&name=Ilse%20Fictional"), "{}", mail.link());
    assert!(lets_in(&app, mail).await);
    assert_eq!(queue(&site).await, ["invitation 1 sent"]);
    assert_eq!(deliver(&app).await, 0);
    assert!(smtp.mails().is_empty());
    let rows = site.database.texts("select to_jsonb(m)::text as value from mails m").await.remove(0);
    assert!(!rows.contains("mhl_") && !rows.contains('@'), "{rows}");
}

#[actix_web::test]
async fn while_the_server_is_away_mail_waits_and_no_link_is_left_over() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let address = nowhere();
    let app = plain(&site, address);
    // A link that came by another way stays good until a newer one has arrived.
    let shown = {
        let purpose = links::Purpose::Reset(user);
        app.store.housekeep(async |work| links::issue(work, app.ids, purpose).await).await.expect("a link")
    };
    enqueue(&app, Letter::Reset(user)).await;
    assert_eq!(deliver(&app).await, 0);
    let [row] = &queue(&site).await[..] else { panic!("one row") };
    assert!(row.starts_with("reset 1 the mail server cannot be reached"), "{row}");
    assert!(!row.contains('@') && !row.contains("mhl_"), "{row}");
    assert_eq!(links_left(&site).await, "1");
    assert!(is_good(&app, shown.secret.reveal()).await);
    // Not due yet, and then twice as long.
    for (wait, attempts) in [("9 seconds", "1"), ("2 seconds", "2"), ("18 seconds", "2"), ("3 seconds", "3")]
    {
        site.database.advance(wait).await;
        assert_eq!(deliver(&app).await, 0);
        assert!(queue(&site).await[0].starts_with(&format!("reset {attempts} ")), "{wait}");
    }
    let smtp = SmtpServer::start_at(address, Manner::Plain).await;
    site.database.advance("41 seconds").await;
    assert_eq!(deliver(&app).await, 1);
    let [mail] = &smtp.mails()[..] else { panic!("one mail") };
    assert!(lets_in(&app, mail).await);
    assert_eq!(queue(&site).await, ["reset 4 sent"]);
    assert_eq!(links_left(&site).await, "1", "only that of the mail");
    assert!(!is_good(&app, shown.secret.reveal()).await);
}

#[actix_web::test]
async fn after_a_day_mail_is_given_up_and_after_thirty_it_is_forgotten() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let smtp = SmtpServer::start(Manner::NobodyHere).await;
    let app = plain(&site, smtp.address);
    enqueue(&app, Letter::Reset(user)).await;
    deliver(&app).await;
    assert_eq!(queue(&site).await, ["reset 1 the mail server refused it with code 550"]);
    // The longest pause is an hour.
    site.database.execute("update mails set attempts = 30").await;
    site.database.advance("1 hour").await;
    deliver(&app).await;
    let hour = "select (due_at - mh_now() between interval '59 minutes' and interval '1 hour')::text as value from mails";
    assert_eq!(site.database.texts(hour).await, ["true"]);
    site.database.advance("23 hours").await;
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(queue(&site).await, ["reset 32 the mail server refused it with code 550 given up"]);
    let asked = smtp.connections();
    site.database.advance("10 days").await;
    deliver(&app).await;
    assert_eq!(smtp.connections(), asked, "it is not tried again");
    site.database.advance("19 days").await;
    assert_eq!(links::forget(&app).await.expect("forgets"), 0);
    site.database.advance("2 days").await;
    assert_eq!(links::forget(&app).await.expect("forgets"), 1);
    assert!(queue(&site).await.is_empty());
}

#[actix_web::test]
async fn a_new_password_is_mailed_to_whoever_has_the_address_and_to_nobody_else() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Plain).await);
    let app = plain(&site, smtp.address);
    let (user, gone) = (site.user(Role::Editor).await, site.user(Role::Editor).await);
    let (address, lost) = (address_of(&site, user).await, address_of(&site, gone).await);
    deactivate(&site, gone).await;
    for asked in ["nobody@example.org", &lost, &address.to_uppercase()] {
        enqueue(&app, Letter::ResetAsked(Email::parse(asked).expect("address"))).await;
    }
    enqueue(&app, Letter::Invitation(gone)).await;
    assert_eq!(deliver(&app).await, 1);
    let [mail] = &smtp.mails()[..] else { panic!("one mail") };
    assert_eq!(mail.to, [address]);
    assert!(mail.link().starts_with(&format!("{SITE}/admin/enter#reset=mhl_")));
    assert!(lets_in(&app, mail).await);
    let ends = ["reset_asked 1 sent"; 3];
    assert_eq!(
        queue(&site).await,
        [&ends[..], &["invitation 1 the account is deactivated given up"]].concat()
    );
    assert_eq!(links_left(&site).await, "1");
}

#[actix_web::test]
async fn a_newer_mail_takes_the_place_of_an_older_one_and_a_notice_has_no_link() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Plain).await);
    let app = plain(&site, smtp.address);
    let user = site.user(Role::Editor).await;
    for letter in [Letter::Reset(user), Letter::Reset(user), Letter::PasswordChanged(user)] {
        enqueue(&app, letter).await;
    }
    assert_eq!(deliver(&app).await, 3);
    let [old, new, notice] = &smtp.mails()[..] else { panic!("three mails") };
    assert!(!lets_in(&app, old).await);
    assert!(lets_in(&app, new).await);
    assert_eq!(notice.header("subject"), "Your password at cms.example.org was changed");
    assert!(
        !notice.raw.contains("/admin/enter") && notice.part("text/plain").contains("ask an administrator")
    );
}

#[actix_web::test]
async fn mail_goes_through_tls_with_a_password_or_not_at_all() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let starttls = SmtpServer::start(Manner::StartTls).await;
    let wrapped = SmtpServer::start(Manner::Wrapped).await;
    let plain = SmtpServer::start(Manner::Plain).await;
    let by = |url: String, authority: &SmtpServer| MailSettings {
        authority: Some(authority.authority.clone()),
        timeout: Duration::from_secs(2),
        ..settings(&url)
    };
    let port = |server: &SmtpServer| server.address.port();
    let good = [
        (by(format!("smtp://{ESCAPED}@localhost:{}?tls=required", port(&starttls)), &starttls), &starttls),
        (
            by(format!("smtp://{ESCAPED}@localhost:{}?tls=opportunistic", port(&starttls)), &starttls),
            &starttls,
        ),
        (by(format!("smtps://{ESCAPED}@localhost:{}", port(&wrapped)), &wrapped), &wrapped),
    ];
    for (settings, server) in &good {
        let app = with(&site, settings);
        enqueue(&app, Letter::Reset(user)).await;
        assert_eq!(deliver(&app).await, 1, "{:?}", queue(&site).await);
        let [mail] = &server.mails()[..] else { panic!("one mail") };
        assert_eq!(mail.user.as_deref(), Some(USER));
    }
    let bad = [
        (format!("smtp://localhost:{}?tls=required", port(&plain)), "does not offer what is needed"),
        (format!("smtp://localhost:{}?tls=required", port(&wrapped)), ""),
        (format!("smtp://{ESCAPED}@localhost:{}?tls=required", port(&starttls)), "invalid peer certificate"),
        (format!("smtp://{ESCAPED}@127.0.0.1:{}?tls=required", port(&starttls)), "invalid peer certificate"),
    ];
    for (url, reason) in bad {
        // Vouched for by an authority that knows nothing of the server.
        never(&site, &by(url, &plain), reason).await;
    }
    let wrong = ESCAPED.replace("9731", "9732");
    let url = format!("smtp://{wrong}@localhost:{}?tls=required", port(&starttls));
    never(&site, &by(url, &starttls), "refused it with code 535").await;
    never(&site, &by(format!("smtp://localhost:{}?tls=required", port(&starttls)), &starttls), "code 503")
        .await;
    for server in [&starttls, &wrapped, &plain] {
        assert!(server.mails().is_empty());
    }
}

/// Asserts that no mail goes by these settings, for this reason, which has no secret in it.
async fn never(site: &TestSite, settings: &MailSettings, reason: &str) {
    site.database.execute("delete from mails").await;
    let app = with(site, settings);
    let user = site.user(Role::Editor).await;
    enqueue(&app, Letter::Reset(user)).await;
    assert_eq!(deliver(&app).await, 0);
    let said = queue(site).await.remove(0);
    assert!(said.contains(reason), "{said}");
    for secret in [PASSWORD, "violet", "lantern", "mhl_", "@"] {
        assert!(!said.contains(secret), "{said}");
    }
    site.database.execute("delete from mails").await;
}

#[actix_web::test]
async fn a_server_that_says_nothing_is_waited_for_only_so_long() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Silent).await);
    let user = site.user(Role::Editor).await;
    let short =
        MailSettings { timeout: Duration::from_millis(50), ..settings(&format!("smtp://{}", smtp.address)) };
    let app = with(&site, &short);
    enqueue(&app, Letter::Reset(user)).await;
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(queue(&site).await, ["reset 1 the mail server took too long"]);
}

#[actix_web::test]
async fn processes_that_send_at_once_send_each_mail_once() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Plain).await);
    let app = plain(&site, smtp.address);
    let mut expected = Vec::new();
    for _ in 0..6 {
        let user = site.user(Role::Editor).await;
        expected.push(address_of(&site, user).await);
        enqueue(&app, Letter::Invitation(user)).await;
    }
    let sent: usize = join_all((0..4).map(|_| deliver(&app))).await.into_iter().sum();
    assert_eq!(sent, 6);
    let mut arrived: Vec<String> = smtp.mails().into_iter().flat_map(|mail| mail.to).collect();
    arrived.sort();
    expected.sort();
    assert_eq!(arrived, expected);
}

#[actix_web::test]
async fn mail_of_a_process_that_ended_meanwhile_is_sent_by_another() {
    let (site, silent) = (TestSite::start().await, SmtpServer::start(Manner::Silent).await);
    let user = site.user(Role::Editor).await;
    enqueue(&site.app, Letter::Reset(user)).await;
    {
        let app = plain(&site, silent.address);
        let mut sending = std::pin::pin!(links::deliver(&app));
        while silent.connections() == 0 {
            tokio::select! {
                _ = &mut sending => panic!("nobody answered"),
                () = tokio::task::yield_now() => (),
            }
        }
    }
    let smtp = SmtpServer::start(Manner::Plain).await;
    let app = plain(&site, smtp.address);
    assert_eq!(deliver(&app).await, 0, "for a while it is taken to be on its way");
    site.database.advance("121 seconds").await;
    assert_eq!(deliver(&app).await, 1);
    let [mail] = &smtp.mails()[..] else { panic!("one mail") };
    assert!(lets_in(&app, mail).await);
    assert_eq!(links_left(&site).await, "1", "the link that never left lets nobody in");
}

#[actix_web::test]
async fn the_host_header_of_nobody_gets_into_a_mail() {
    let (site, smtp) = (TestSite::start().await, SmtpServer::start(Manner::Plain).await);
    let listening = PublicUrl::default();
    listening.listens_on(site.address().trim_start_matches("http://").parse().expect("address"));
    let evil = [("host", "evil.example.net"), ("x-forwarded-host", "evil.example.net")];
    let user = site.user(Role::Editor).await;
    for public in [PublicUrl::parse(SITE).expect("address"), listening] {
        let mailer = plain(&site, smtp.address).mail;
        let app = site.app.clone().with_mail(public.clone(), mailer);
        site.anonymous().send(Method::GET, "/admin/enter", &evil, None).await.expect(200);
        for letter in [Letter::Invitation(user), Letter::Reset(user), Letter::PasswordChanged(user)] {
            enqueue(&app, letter).await;
        }
        site.anonymous().send(Method::GET, "/v1/pages", &evil, None).await.expect(200);
        assert_eq!(deliver(&app).await, 3);
        for mail in smtp.mails() {
            for part in [mail.part("text/plain"), mail.part("text/html")] {
                assert!(!part.contains("evil"), "{part}");
                for (at, _) in part.match_indices("http") {
                    assert!(part[at..].starts_with(public.origin()), "{part}");
                }
            }
            assert!(!mail.raw.contains("evil"), "{}", mail.raw);
        }
    }
}

#[actix_web::test]
async fn without_a_server_for_mail_nothing_is_touched() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    enqueue(&site.app, Letter::Invitation(user)).await;
    let before = site.database.fingerprint().await;
    assert_eq!(deliver(&site.app).await, 0);
    assert_eq!(site.database.fingerprint().await, before);
}
