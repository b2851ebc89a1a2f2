//! Someone must be left who can let others in.

use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::rows::{ADMIN, EDITOR, Rows, event, id, reason};
use crate::support::database::connect;

async fn administrator(rows: &mut Rows) -> Uuid {
    let user = id();
    let sql = format!(
        "insert into users (id, email, name, role_id, password_hash) \
         values ('{user}', '{user}@example.org', 'Ilse', '{ADMIN}', 'a hash'); {}",
        event(user)
    );
    rows.commit(&sql).await;
    user
}

fn demote(user: Uuid) -> String {
    format!("update users set role_id = '{EDITOR}' where id = '{user}'; {}", event(user))
}

fn deactivate(user: Uuid) -> String {
    format!("update users set deactivated_at = mh_now() where id = '{user}'; {}", event(user))
}

#[actix_web::test]
async fn the_last_administrator_can_be_neither_demoted_nor_deactivated() {
    let mut rows = Rows::new().await;
    let (first, second) = (administrator(&mut rows).await, administrator(&mut rows).await);
    rows.commit(&deactivate(first)).await;
    for sql in [demote(second), deactivate(second)] {
        rows.refused("last_administrator", &sql).await;
        rows.refused_to_superuser("last_administrator", &sql).await;
    }
    // One who is deactivated is nobody: a new one is, and then the old one may go.
    administrator(&mut rows).await;
    rows.commit(&demote(second)).await;
}

#[actix_web::test]
async fn two_at_once_leave_one() {
    for how in [demote, deactivate] {
        let mut rows = Rows::new().await;
        let users = [administrator(&mut rows).await, administrator(&mut rows).await];
        let mut one = connect(&rows.database.service()).await;
        let mut two = connect(&rows.database.service()).await;
        // Both have written before either commits, so each sees the other administrator.
        one.batch_execute(&format!("begin; {}", how(users[0]))).await.expect("written");
        two.batch_execute(&format!("begin; {}", how(users[1]))).await.expect("written");
        let (one, two) = tokio::join!(one.batch_execute("commit"), two.batch_execute("commit"));
        let refused: Vec<String> =
            [one, two].into_iter().filter_map(|end| end.err().map(|e| reason(&e))).collect();
        assert_eq!(refused, ["last_administrator"]);
        let left = format!(
            "select count(*)::text as value from users where role_id = '{ADMIN}' and deactivated_at is null"
        );
        assert_eq!(rows.database.texts(&left).await, ["1"]);
    }
}

/// Emptying or renaming the role would lock everyone out as surely as demoting its last member.
#[actix_web::test]
async fn a_built_in_role_cannot_be_changed() {
    let mut rows = Rows::new().await;
    administrator(&mut rows).await;
    let about = event(Uuid::parse_str(ADMIN).expect("id"));
    for sql in [
        format!("update roles set name = 'boss' where id = '{ADMIN}'"),
        format!("update roles set built_in = false where id = '{ADMIN}'"),
        format!("delete from role_grants where role_id = '{ADMIN}'"),
        format!("insert into role_grants (role_id, kind, verb) values ('{ADMIN}', 'menu', 'read')"),
    ] {
        rows.refused("built_in_role", &format!("{sql}; {about}")).await;
    }
}
