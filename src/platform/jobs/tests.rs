//! The worker without a database: what a task does next, what is told, and how all of it ends.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;

use super::failures::{Failure, Failures};
use super::{Next, Task, Worker};
use crate::platform::problem::{Code, Problem};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(1);

#[actix_web::test]
async fn a_panic_or_a_failure_ends_neither_its_task_nor_the_others() {
    let (tell, mut told) = unbounded_channel();
    let mut runs = 0;
    let troubled = {
        let tell = tell.clone();
        Task::new("troubled", SHORT, move || {
            runs += 1;
            let (run, tell) = (runs, tell.clone());
            async move {
                tell.send(("troubled", run)).unwrap();
                assert!(run != 2, "the second run panics");
                if run == 3 { Err(Problem::new(Code::Unavailable)) } else { Ok(Next::Usual) }
            }
        })
    };
    let once = Task::new("once", LONG, move || {
        let tell = tell.clone();
        async move {
            tell.send(("once", 1)).unwrap();
            Ok(Next::Usual)
        }
    });
    let worker = Worker::start(vec![troubled, once]);
    let mut seen = Vec::new();
    while seen.len() < 6 {
        seen.push(told.recv().await.unwrap());
    }
    worker.stop().await;
    assert_eq!(seen.iter().filter(|(task, _)| *task == "once").count(), 1);
    let troubled: Vec<i32> =
        seen.iter().filter(|(task, _)| *task == "troubled").map(|(_, run)| *run).collect();
    assert_eq!(troubled, [1, 2, 3, 4, 5]);
}

#[actix_web::test]
async fn a_task_may_ask_to_run_sooner_but_not_later_than_usual() {
    for (usual, next) in [(LONG, Next::Within(SHORT)), (SHORT, Next::Within(LONG)), (SHORT, Next::Usual)] {
        let (tell, mut told) = unbounded_channel();
        let task = Task::new("eager", usual, move || {
            tell.send(()).unwrap();
            async move { Ok(next) }
        });
        let worker = Worker::start(vec![task]);
        for _ in 0..3 {
            told.recv().await.unwrap();
        }
        worker.stop().await;
        // The task and its sender are gone.
        while told.recv().await.is_some() {}
    }
}

#[actix_web::test]
async fn the_end_waits_for_a_run_under_way() {
    let done = Rc::new(Cell::new(0));
    let (began, mut begins) = unbounded_channel();
    let task = {
        let done = done.clone();
        Task::new("slow", SHORT, move || {
            let (done, began) = (done.clone(), began.clone());
            async move {
                began.send(()).unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                done.set(done.get() + 1);
                Ok(Next::Usual)
            }
        })
    };
    let worker = Worker::start(vec![task]);
    begins.recv().await.unwrap();
    worker.stop().await;
    assert_eq!(done.get(), 1, "the run under way ended, and no other began");
}

#[actix_web::test]
async fn a_run_that_does_not_end_is_cut_off() {
    struct Dropped(Rc<RefCell<Vec<&'static str>>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.borrow_mut().push("dropped");
        }
    }
    let log = Rc::new(RefCell::new(Vec::new()));
    let (began, mut begins) = unbounded_channel();
    let task = {
        let log = log.clone();
        Task::new("stuck", SHORT, move || {
            let (held, began) = (Dropped(log.clone()), began.clone());
            async move {
                began.send(()).unwrap();
                std::future::pending::<()>().await;
                drop(held);
                Ok(Next::Usual)
            }
        })
    };
    let worker = Worker::start(vec![task]);
    begins.recv().await.unwrap();
    worker.stop().await;
    log.borrow_mut().push("stopped");
    assert_eq!(*log.borrow(), ["dropped", "stopped"]);
}

#[test]
fn each_kind_of_failure_is_told_once_until_it_works_again() {
    let mut failures = Failures::of("test");
    let away = || Failure::Problem(Problem::new(Code::Unavailable));
    let broken = || Failure::Problem(Problem::internal("broken"));
    assert!(!failures.over(), "nothing to tell");
    let told = [away(), away(), broken(), away(), broken(), Failure::Panic, Failure::Panic, away()];
    let told = told.map(|failure| failures.tell(&failure));
    assert_eq!(told, [true, false, true, false, false, true, false, false]);
    assert!(failures.over());
    assert!(!failures.over());
    assert!(failures.tell(&away()));
}
