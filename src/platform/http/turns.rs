//! Taking turns on a thread that answers requests. It looks at its sockets when everything that is ready has been done, and
//! fifty uploads always are ready: whoever asks for something small would wait for all of them.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// So many of those that take turns go on between two looks at the sockets.
const AT_ONCE: usize = 2;

thread_local! {
    static TURNS: Arc<Semaphore> = Arc::new(Semaphore::new(AT_ONCE));
}

/// Waits for a turn: to be called between two pieces of work that are worth a look at what else has come in. What waits for
/// a client holds no turn.
pub(super) async fn turn() {
    let turns = TURNS.with(Arc::clone);
    let _turn = turns.acquire_owned().await;
    // What yields goes on after the next look.
    yield_now().await;
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;

    use super::*;

    #[actix_web::test]
    async fn what_comes_in_does_not_wait_for_everybody() {
        let taken = Rc::new(Cell::new(0_usize));
        for _ in 0..50 {
            let taken = taken.clone();
            actix_web::rt::spawn(async move {
                loop {
                    turn().await;
                    taken.set(taken.get() + 1);
                }
            });
        }
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        actix_web::rt::spawn(async move {
            let mut byte = [0];
            while theirs.read_exact(&mut byte).await.is_ok() {
                theirs.write_all(&byte).await.unwrap();
            }
        });
        let mut byte = [7];
        for _ in 0..100 {
            let before = taken.get();
            ours.write_all(&byte).await.unwrap();
            ours.read_exact(&mut byte).await.unwrap();
            let turns = taken.get() - before;
            // There and back again are two looks; a third may have begun.
            assert!(turns <= 4 * AT_ONCE, "{turns} turns were taken meanwhile");
        }
        assert!(taken.get() >= 50, "those that take turns go on");
    }
}
