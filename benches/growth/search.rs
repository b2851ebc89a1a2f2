//! Searching a large site: requests at a steady rate whatever the answers take, for words as common and as rare as those of
//! the texts are.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use masthead::documents::dictionary;

use super::steady;
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
    let path = |nth: usize| format!("/v1/search?q={}", queries[nth * 7 % queries.len()]);
    let paths: Vec<String> = (0..queries.len()).map(path).collect();
    steady::ask(&large.site, &paths, RATE, SECONDS).await
}
