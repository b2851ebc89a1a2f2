//! Numbers for whoever watches the installation. They are counted in plain atomics where things happen, one relaxed addition
//! each, and put into the text that Prometheus reads only when somebody asks for it.

mod count;
mod page;
mod process;

pub use count::{Count, Durations};
pub use page::{Form, Labels, Measured, Page, render};
pub use process::Process;
