//! Mail that a running `masthead serve` sends by itself, with its settings from the environment.

use super::harness::*;
use crate::support::smtp::{Manner, SmtpServer};

#[test]
fn the_worker_sends_what_is_due_with_links_to_where_the_server_listens() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let smtp = runtime.block_on(SmtpServer::start(Manner::Plain));
    let place = Place::new();
    let mut command = clean(&binary());
    command.env("MASTHEAD_SMTP_URL", format!("smtp://{}", smtp.address));
    command.env("MASTHEAD_MAIL_FROM", "Masthead <cms@example.org>");
    let mut serving = Masthead::start_with(&place, command, &place.data_dir());
    let address = serving.address();
    let add = ["user", "add", "--email", "ada@example.org", "--name", "Ada Example", "--role", "editor"];
    run_with_input(&place, &add, "violet harbour lantern\n").ended(0);
    let due = "insert into mails (id, purpose, user_id) select gen_random_uuid(), 'reset', id from users";
    as_owner(&place.cluster(), due);
    let mut mails = Vec::new();
    until("the mail has arrived", || {
        mails.extend(smtp.mails());
        !mails.is_empty()
    });
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["ada@example.org"]);
    assert!(mails[0].link().starts_with(&format!("{address}/admin/enter#reset=mhl_")), "{}", mails[0].link());
    let secret = mails[0].link().split_once('=').unwrap().1.to_owned();
    until("that is noted", || serving.said().contains("sent mail"));
    let said = serving.said();
    assert!(!said.contains(&secret) && !said.contains("ada@example.org"), "{said}");
    let good = format!("select count(*) from one_time_links where digest = sha256('{secret}')");
    assert_eq!(as_owner(&place.cluster(), &good), ["1"]);
    serving.stop();
}
