//! The page on which a person uses a one-time link: a form, its script and its style, from our own server. What the form
//! sends goes to `POST /admin/v1/links/redeem`, as any other client's request would.

pub mod http;
