//! The text that Prometheus and others read, in whichever of its two forms they ask for, written by the encoder of the
//! project itself.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet, prometheus_text, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::count::Durations;

/// A form of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Of Prometheus itself, which everybody reads.
    Prometheus,
    /// Of the standard that came of it.
    OpenMetrics,
}

impl Form {
    /// The form that an `Accept` header asks for.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") { Self::OpenMetrics } else { Self::Prometheus }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Prometheus => prometheus_text::CONTENT_TYPE,
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// Labels and their values. Their number must be bounded: no id, no path and no text of anybody is a label.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

/// Something that has numbers.
pub trait Measured: fmt::Debug + Send + Sync {
    /// Writes them.
    ///
    /// # Errors
    /// Those of the page.
    fn write(&self, page: &mut Page<'_>) -> fmt::Result;
}

/// The page to which numbers are written. All series of a name are written at once.
pub struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    /// Counts that only grow. `_total` is added to the name.
    ///
    /// # Errors
    /// Those of the text.
    pub fn counters(&mut self, name: &str, help: &str, series: &[(Labels<'_>, u64)]) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, count) in series {
            metric.encode_family(labels)?.encode_counter(count, None::<&Unseen>)?;
        }
        Ok(())
    }

    /// The same for an amount that is no whole number.
    ///
    /// # Errors
    /// Those of the text.
    pub fn amount(&mut self, name: &str, help: &str, amount: f64) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        metric.encode_counter(&amount, None::<&Unseen>)
    }

    /// Values as they are now.
    ///
    /// # Errors
    /// Those of the text.
    pub fn gauges(&mut self, name: &str, help: &str, series: &[(Labels<'_>, f64)]) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in series {
            metric.encode_family(labels)?.encode_gauge(value)?;
        }
        Ok(())
    }

    /// A value as it is now.
    ///
    /// # Errors
    /// Those of the text.
    pub fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.gauges(name, help, &[(&[], value)])
    }

    /// How long something took, in seconds.
    ///
    /// # Errors
    /// Those of the text.
    pub fn durations(&mut self, name: &str, help: &str, series: &[(Labels<'_>, &Durations)]) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, durations) in series {
            let found = durations.buckets();
            let mut one = metric.encode_family(labels)?;
            one.encode_histogram::<NoLabelSet>(found.sum, found.count, &found.each, None)?;
        }
        Ok(())
    }
}

/// Counts here come without examples of what was counted.
type Unseen = prometheus_client::metrics::exemplar::Exemplar<NoLabelSet, f64>;

/// All parts of the page.
#[derive(Debug)]
struct All(Vec<Arc<dyn Measured>>);

impl Collector for All {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        self.0.iter().try_for_each(|part| part.write(&mut page))
    }
}

/// The text of these parts. No two of them have a name in common.
///
/// # Errors
/// Never, as far as is known: the text is written to memory.
pub fn render(form: Form, parts: Vec<Arc<dyn Measured>>) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(All(parts)));
    let mut written = String::new();
    match form {
        Form::Prometheus => prometheus_text::encode(&mut written, &registry)?,
        Form::OpenMetrics => text::encode(&mut written, &registry)?,
    }
    Ok(written)
}
