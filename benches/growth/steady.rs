//! Requests at a steady rate, whatever the answers take: who waits in a queue counts too.

use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::support::TestSite;

/// Asks for these paths by turns, so many a second for so many seconds. Gives how long each answer took, from the moment at
/// which its request was due.
pub async fn ask(site: &TestSite, paths: &[String], rate: u32, seconds: u32) -> Vec<Duration> {
    let client = reqwest::Client::builder().no_proxy().build().expect("client");
    let start = Instant::now() + Duration::from_millis(100);
    let requests = (0..rate * seconds).map(|nth| {
        let due = start + Duration::from_secs(1) * nth / rate;
        let request = client.get(format!("{}{}", site.address(), paths[nth as usize % paths.len()]));
        actix_web::rt::spawn(async move {
            sleep_until(due.into()).await;
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.bytes().await.expect("a body");
            due.elapsed()
        })
    });
    let mut times = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        times.push(request.await.expect("a time"));
    }
    times
}
