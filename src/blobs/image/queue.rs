//! Work for a few threads, the dearest first.

use std::sync::{Condvar, Mutex, PoisonError};

struct State<T> {
    tasks: Vec<(u64, T)>,
    closed: bool,
}

/// Tasks with what they cost; they may still arrive while others are done.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { tasks: Vec::new(), closed: false }), changed: Condvar::new() }
    }

    pub(crate) fn push(&self, cost: u64, task: T) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tasks.push((cost, task));
        drop(state);
        self.changed.notify_one();
    }

    /// Closes the queue when dropped, so that nobody waits for ever should the one who fills it panic.
    pub(crate) fn closing(&self) -> Closing<'_, T> {
        Closing(self)
    }

    /// Nothing more will arrive.
    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }

    /// The dearest task; waits for one, and gives nothing once the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let dearest = state.tasks.iter().enumerate().max_by_key(|(_, (cost, _))| *cost).map(|(at, _)| at);
            if let Some(at) = dearest {
                return Some(state.tasks.swap_remove(at).1);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// See [`Queue::closing`].
pub(crate) struct Closing<'a, T>(&'a Queue<T>);

impl<T> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        self.0.close();
    }
}
