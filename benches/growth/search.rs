//! Searching a large site: requests at a steady rate whatever the answers take, for words as common and as rare as those of
//! the texts are.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use masthead::documents::dictionary;
use tokio::time::sleep_until;

use super::work::Filled;

/// Requests a second, and for how many seconds.
const RATE: u32 = 20;
const SECONDS: u32 = 30;

const WORDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/growth/search.sql");

/// Gives the public pages words of natural frequencies, and fills the dictionary as the worker does.
pub async fn prepare(large: &Filled) {
    let sql = std::fs::read_to_string(WORDS).expect("the SQL of the words");
    let mut conn = large.site.database.superuser().await;
    for sql in [sql.as_str(), "vacuum analyze publications", "checkpoint"] {
        conn.batch_execute(sql).await.expect("the pages have words");
    }
    while dictionary::follow(&large.site.app).await.expect("the dictionary follows") {}
}

/// One or two words each, from the most common to the rarest as the texts have them; one query in twenty has a typing error.
async fn queries(large: &Filled) -> Vec<String> {
    let sql = "select word as value from search_words order by documents desc, word";
    let words = large.site.database.texts(sql).await;
    let mut state = 1_u64;
    let mut word = || {
        // The generator of Knuth's MMIX.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // As likely from the first word as from the two after it, from the four after these, and so on.
        let octave = (state >> 33) % u64::from(usize::BITS - words.len().leading_zeros());
        let rank = (1 << octave) + (state >> 40) % (1 << octave);
        words[usize::try_from(rank).expect("a small number").min(words.len()) - 1].clone()
    };
    let mut queries: Vec<String> =
        (0..200).map(|nth| if nth % 3 == 0 { format!("{}+{}", word(), word()) } else { word() }).collect();
    for query in queries.iter_mut().step_by(20) {
        query.insert(3, 'x');
    }
    queries
}

/// How long each answer took, from the moment at which its request was due.
pub async fn run(large: &Filled) -> Vec<Duration> {
    let queries = queries(large).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("client");
    let address = large.site.address().to_owned();
    let start = Instant::now() + Duration::from_millis(100);
    let requests = (0..RATE * SECONDS).map(|nth| {
        let due = start + Duration::from_secs(1) * nth / RATE;
        let query = &queries[nth as usize * 7 % queries.len()];
        let request = client.get(format!("{address}/v1/search?q={query}"));
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
