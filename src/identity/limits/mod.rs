//! How fast passwords may be tried: counted in Postgres, so that all processes count together. Wrong ones make the next try
//! wait, ever longer, up to a minute; nobody is ever locked out, and one of them is forgotten every quarter of an hour. An attempt
//! is counted before the password is looked at, so that many at once gain nothing.

mod store;

use sha2::{Digest, Sha256};

use crate::app::App;
use crate::platform::problem::{Code, Problem};

/// Wrong passwords for one account before a try has to wait.
const FREE_OF_ACCOUNT: i32 = 5;
/// Wrong passwords from one address before a try has to wait: a whole office may share one.
const FREE_OF_ADDRESS: i32 = 20;
/// Wishes for a password reset before the next has to wait.
const FREE_OF_RESETS: i32 = 3;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    digest: [u8; 32],
    pace: Pace,
}

/// How the next try waits: after n beyond the free ones 2^n seconds.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// So many need not wait.
    free: i32,
    /// The longest that one has to wait, in seconds.
    most: i32,
    /// So many seconds make one forgotten.
    forgotten: i32,
}

/// Of passwords. Whoever goes on trying gains less by what is forgotten than by waiting: one in a quarter of an hour, not in a
/// minute.
const fn passwords(free: i32) -> Pace {
    Pace { free, most: 60, forgotten: 900 }
}

impl Key {
    /// One account, whether it exists or not, by its folded address or its id.
    #[must_use]
    pub fn account(name: &str) -> Self {
        Self { digest: digest("account", &name.to_lowercase()), pace: passwords(FREE_OF_ACCOUNT) }
    }

    /// Wishes for a password reset of one account. Each may be a mail to somebody who does not want it.
    #[must_use]
    pub fn reset(email: &str) -> Self {
        let pace = Pace { free: FREE_OF_RESETS, most: 3_600, forgotten: 3_600 };
        Self { digest: digest("reset", email), pace }
    }

    /// One address of the network.
    #[must_use]
    pub fn address(network: &str) -> Self {
        Self { digest: digest("address", network), pace: passwords(FREE_OF_ADDRESS) }
    }
}

fn digest(what: &str, value: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(what.as_bytes());
    hash.update([0]);
    hash.update(value.as_bytes());
    hash.finalize().into()
}

/// Counts an attempt for each of the keys, in their order.
///
/// # Errors
/// 429 with `Retry-After` when one of them has to wait; the later ones are then not counted.
pub async fn claim(app: &App, keys: &[Key]) -> Result<(), Problem> {
    for key in keys {
        let wait = app.store.housekeep(async |work| store::claim(work, key.digest, key.pace).await).await?;
        if let Some(seconds) = wait {
            return Err(Problem::new(Code::RateLimited)
                .detail(format!("Too many attempts. Try again in {seconds} seconds."))
                .header("retry-after", seconds.to_string()));
        }
    }
    Ok(())
}

/// Notes that the attempt was good: the account begins anew, of the address only this attempt is taken back. Otherwise
/// whoever knows one password could try those of others for ever.
///
/// # Errors
/// When the database is away.
pub async fn succeeded(app: &App, account: Option<Key>, address: Key) -> Result<(), Problem> {
    app.store
        .housekeep(async |work| {
            if let Some(account) = account {
                store::forget(work, account.digest).await?;
            }
            store::take_back(work, address.digest).await
        })
        .await
}

/// Removes what is long past. Gives how many rows.
///
/// # Errors
/// When the database is away.
pub async fn prune(app: &App) -> Result<usize, Problem> {
    app.store.housekeep(async |work| store::prune(work).await).await
}
