//! What must hold of every database at every moment (`reliability.md`): the questions that `masthead doctor` asks.

use std::time::Duration;

use masthead::content;
use masthead::documents::soundness::{self, Soundness};
use masthead::platform::db::invariants::INVARIANTS;
use masthead::platform::db::seal;
use masthead::platform::db::{Store, StoreConfig};

use super::database::TestDatabase;

/// Panics with the rows that break an invariant.
pub async fn check_invariants(database: &TestDatabase) {
    assert_eq!(broken(database).await, Vec::<String>::new());
}

/// The promises that are broken, each with what breaks it.
pub async fn broken(database: &TestDatabase) -> Vec<String> {
    let mut conn = database.superuser().await;
    let mut all = Vec::new();
    let mut note = |name: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            all.push(format!("{name}: {}", rows.join("; ")));
        }
    };
    for invariant in INVARIANTS {
        note(invariant.name, invariant.ask(&mut conn).await.expect(invariant.name));
    }
    let chain = seal::verify(&mut conn, &mut |_, _| ()).await.expect("the chain can be read");
    note("event chain", chain.err().map(|broken| format!("{broken:?}")).into_iter().collect());
    let store = store(database);
    let kinds = content::kinds();
    let Soundness { bodies, references, places, .. } =
        soundness::examine(&store, &kinds, &mut |_| ()).await.expect("bodies can be read");
    store.close();
    note("bodies", bodies);
    note("references", references);
    note("places", places);
    all
}

/// A store over a database, as the service.
pub fn store(database: &TestDatabase) -> Store {
    Store::new(&StoreConfig {
        service: database.service(),
        reader: database.reader(),
        connections: 8,
        wait: Duration::from_secs(5),
        slow: None,
    })
    .expect("pools")
}
