//! Files that a form sends (multipart, RFC 7578), received into the spool of the storage. The body is read when the handler
//! asks for it and not before, so that whoever is refused has written nothing; what was received of a body that fails is
//! gone with the failure. What a client says of type and path is not looked at.

use std::cell::{Cell, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::{Stream, StreamExt};
use std::future::{Ready, ready};
use tokio::time::{Instant, timeout};

use super::body::{allowed, broken, declared_length};
use super::filename::clean_name;
use super::limits::HttpLimits;
use super::part_lengths::PartLengths;
use super::turns::turn;
use crate::platform::problem::{Code, FieldCode, Problem};
use crate::platform::storage::{Spool, Spooled};

/// What a field costs besides its name and value, so that many empty ones are not free.
const FIELD_COST: usize = 64;

/// So much may follow the last part of a body, in bytes.
const EPILOGUE: u64 = 64 * 1024;

/// A form that waits to be received.
pub struct Upload {
    headers: HeaderMap,
    boundary: String,
    payload: Payload,
    limits: HttpLimits,
}

/// A form that was received whole. Its files are removed with it; put into the storage, they stay there.
#[derive(Debug)]
pub struct Received {
    /// The files, in the order in which they came.
    pub files: Vec<ReceivedFile>,
    /// Names and values of the other fields, in the order in which they came.
    pub fields: Vec<(String, String)>,
}

impl Received {
    /// Lets the files go, without a thread that answers others waiting for it.
    pub async fn let_go(self) {
        for received in self.files {
            received.file.let_go().await;
        }
    }
}

/// A file of a form.
#[derive(Debug)]
pub struct ReceivedFile {
    /// The name of its field.
    pub field: String,
    /// What the client calls it, as text that can be shown: no path, at most 255 characters, never empty.
    pub name: String,
    /// Its bytes; never none.
    pub file: Spooled,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = HttpLimits::of(req);
        let checked = check_type(req.headers()).and_then(|()| match declared_length(req) {
            Some(length) if length > most(&limits) => {
                Err(too_large(format!("An upload may have at most {} bytes.", most(&limits))))
            }
            _ => Ok(()),
        });
        let headers = req.headers().clone();
        let media = req.mime_type().ok().flatten();
        let boundary =
            media.and_then(|media| media.get_param("boundary").map(|name| name.as_str().to_owned()));
        let (boundary, payload) = (boundary.unwrap_or_default(), payload.take());
        ready(checked.map(|()| Self { headers, boundary, payload, limits }))
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |detail: &'static str| Err(Problem::new(Code::UnsupportedMediaType).detail(detail));
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return refuse("The body has a Content-Encoding. Send it as it is.");
    }
    let given = headers.get(CONTENT_TYPE).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let media = given.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(());
    }
    refuse("An upload is a form. Send multipart/form-data.")
}

/// The bytes that a whole upload can have at most.
fn most(limits: &HttpLimits) -> u64 {
    let files = limits.upload_bytes.saturating_mul(limits.upload_files as u64);
    // Every part has a few lines of its own.
    files.saturating_add(4 * limits.upload_fields_bytes as u64).saturating_add(2 * EPILOGUE)
}

impl Upload {
    /// Receives the form.
    ///
    /// # Errors
    /// `too_large`, `timeout` when it comes too slowly, `malformed_request`, `invalid` for an empty file or a field that is
    /// no text, `out_of_space` and `unavailable` when it cannot be written. A file that is too large or empty is named.
    pub async fn receive(self, spool: &Spool) -> Result<Received, Problem> {
        let lengths = Rc::new(RefCell::new(PartLengths::new(&self.boundary)));
        let payload = Rc::new(RefCell::new(self.payload));
        let source = Source { payload, received: Rc::default(), lengths: lengths.clone() };
        let mut declared = Vec::new();
        let outcome = receive_form((&self.headers, &self.limits), source, spool, &mut declared).await;
        match outcome {
            // What a part says wrongly of its length is often why it or the rest could not be read.
            Err(problem) if !matches!(problem.code(), Code::MalformedRequest | Code::Invalid) => Err(problem),
            outcome => check_lengths(&declared, lengths.borrow().whole()).and(outcome),
        }
    }
}

/// Receives a form from its source, and notes the names of its parts with the lengths that they declare.
async fn receive_form(
    (headers, limits): (&HeaderMap, &HttpLimits),
    source: Source,
    spool: &Spool,
    declared: &mut Vec<(String, Option<u64>)>,
) -> Result<Received, Problem> {
    let mut patience =
        Patience { limits: *limits, received: source.received.clone(), waited: Duration::ZERO };
    let mut form = Multipart::new(headers, source.clone());
    let mut received = Received { files: Vec::new(), fields: Vec::new() };
    let mut left = limits.upload_fields_bytes;
    while let Some(field) = patience.wait(form.next()).await? {
        let field = field.map_err(|error| malformed(&error))?;
        let name = field.name().unwrap_or_default().to_owned();
        declared.push((name.clone(), length_of(field.headers())));
        let file = file_name(&field);
        let cost = FIELD_COST + name.len() + file.as_ref().map_or(0, String::len);
        left = left.checked_sub(cost).ok_or_else(|| too_many_fields(limits))?;
        if let Some(given) = file {
            let index = received.files.len();
            if index == limits.upload_files {
                let most = limits.upload_files;
                return Err(too_large(format!("An upload may have at most {most} files. Send several.")));
            }
            let given = clean_name(&given);
            let file = receive_file(field, (index, &given), spool, &mut patience).await?;
            received.files.push(ReceivedFile { field: name, name: given, file });
        } else {
            let value = receive_field(field, &name, &mut left, &mut patience).await?;
            received.fields.push((name, value));
        }
    }
    drop(form);
    drain(source, &mut patience).await?;
    Ok(received)
}

/// The length that a part declares.
fn length_of(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Refuses a form in which a part has another length than it declares: which of the two is meant cannot be known.
fn check_lengths(declared: &[(String, Option<u64>)], whole: &[u64]) -> Result<(), Problem> {
    let wrong = declared
        .iter()
        .zip(whole)
        .find(|((_, declared), whole)| declared.is_some_and(|declared| declared != **whole));
    let Some(((name, declared), whole)) = wrong else { return Ok(()) };
    Err(Problem::new(Code::MalformedRequest).detail(format!(
        "The part `{name}` declares a Content-Length of {} bytes and has {whole}. Leave the line out: parts of a form need \
         none (RFC 7578).",
        declared.unwrap_or_default()
    )))
}

/// The name that a part gives its file; a part without one is no file. Browsers write a quotation mark as `%22`.
fn file_name(field: &Field) -> Option<String> {
    let disposition = field.content_disposition()?;
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(|name| name.replace("%22", "\"")))
}

async fn receive_file(
    mut field: Field,
    (index, name): (usize, &str),
    spool: &Spool,
    patience: &mut Patience,
) -> Result<Spooled, Problem> {
    let most = patience.limits.upload_bytes;
    let mut writer = spool.create().await?;
    while let Some(chunk) = patience.wait(field.next()).await? {
        let chunk = chunk.map_err(|error| malformed(&error))?;
        if writer.bytes() + chunk.len() as u64 > most {
            let detail = format!("The file `{name}` is too large: a file may have at most {most} bytes.");
            return Err(too_large(format!("{detail} Nothing of this upload was kept.")).field(
                format!("/files/{index}"),
                FieldCode::Invalid,
                detail,
            ));
        }
        writer.write(&chunk).await?;
        turn().await;
    }
    if writer.bytes() == 0 {
        let detail = format!("The file `{name}` is empty. Nothing of this upload was kept.");
        return Err(Problem::new(Code::Invalid).detail(detail).field(
            format!("/files/{index}"),
            FieldCode::Invalid,
            "The file has no bytes.",
        ));
    }
    Ok(writer.finish().await?)
}

async fn receive_field(
    mut field: Field,
    name: &str,
    left: &mut usize,
    patience: &mut Patience,
) -> Result<String, Problem> {
    let mut value = Vec::new();
    while let Some(chunk) = patience.wait(field.next()).await? {
        let chunk = chunk.map_err(|error| malformed(&error))?;
        *left = left.checked_sub(chunk.len()).ok_or_else(|| too_many_fields(&patience.limits))?;
        value.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(value)
        .map_err(|_| Problem::new(Code::InvalidUtf8).detail("A field of the form is not UTF-8."))?;
    if text.contains('\0') || name.contains('\0') {
        return Err(Problem::new(Code::Invalid)
            .detail("A field of the form has the character U+0000, which no text may have.")
            .field(
                format!("/{}", super::json::escaped(name)),
                FieldCode::NotAllowed,
                "U+0000 is not allowed.",
            ));
    }
    Ok(text)
}

/// Reads what follows the last part, so that the connection can be used again.
async fn drain(mut source: Source, patience: &mut Patience) -> Result<(), Problem> {
    let before = source.received.get();
    while let Some(chunk) = patience.wait(source.next()).await? {
        chunk.map_err(|error| broken(&error))?;
        if source.received.get() - before > EPILOGUE {
            return Err(too_large("Too much follows the last part of the form.".to_owned()));
        }
    }
    Ok(())
}

fn too_large(detail: String) -> Problem {
    Problem::new(Code::TooLarge).detail(detail)
}

fn too_many_fields(limits: &HttpLimits) -> Problem {
    too_large(format!("The fields that are no files may have at most {} bytes.", limits.upload_fields_bytes))
}

fn malformed(error: &MultipartError) -> Problem {
    if let MultipartError::Payload(error) = error
        && !matches!(error, PayloadError::Overflow)
    {
        return broken(error);
    }
    Problem::new(Code::MalformedRequest)
        .detail("The body cannot be read as multipart/form-data (RFC 7578), or it ended early.")
        .caused_by(error.to_string())
}

/// The body, shared between the parser and who reads what the parser leaves.
#[derive(Clone)]
struct Source {
    payload: Rc<RefCell<Payload>>,
    received: Rc<Cell<u64>>,
    lengths: Rc<RefCell<PartLengths>>,
}

impl Stream for Source {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut *self.payload.borrow_mut()).poll_next(cx);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            self.received.set(self.received.get() + chunk.len() as u64);
            self.lengths.borrow_mut().take(chunk);
        }
        polled
    }
}

/// How long the client may take. Only the time counts in which it is waited for, not that of our own disk.
struct Patience {
    limits: HttpLimits,
    received: Rc<Cell<u64>>,
    waited: Duration,
}

impl Patience {
    async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, Problem> {
        let mut next = pin!(next);
        loop {
            let before = Instant::now();
            let outcome = timeout(self.allowed().saturating_sub(self.waited), &mut next).await;
            self.waited += before.elapsed();
            match outcome {
                Ok(next) => return Ok(next),
                // More has come meanwhile, though not all that is waited for.
                Err(_) if self.waited < self.allowed() => {}
                Err(_) => return Err(self.too_slow()),
            }
        }
    }

    fn allowed(&self) -> Duration {
        allowed(self.received.get(), self.limits.upload_timeout, &self.limits)
    }

    fn too_slow(&self) -> Problem {
        Problem::new(Code::Timeout).detail(format!(
            "An upload must come within {} s and at {} bytes a second at least.",
            self.limits.upload_timeout.as_secs(),
            self.limits.body_bytes_per_second
        ))
    }
}
