//! Bodies that nobody reads to their end, because the request was refused early. actix reads a chunked body on for ever
//! once its reader is gone, so a slow client could hold the connection; kept alive until the answer is sent, the reader
//! makes actix close the connection instead, after the short time in which the client can read the answer.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};
use futures_util::Stream;

/// The body of a request, shared between who reads it and who waits for the answer.
#[derive(Clone)]
pub(super) struct Unread(Rc<Inner>);

struct Inner {
    payload: RefCell<Payload>,
    ended: Cell<bool>,
}

impl Unread {
    /// Takes part in the reading of a request's body. `None` when it has no body.
    pub(super) fn watch(req: &mut ServiceRequest) -> Option<Self> {
        let payload = req.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let unread = Self(Rc::new(Inner { payload: RefCell::new(payload), ended: Cell::new(false) }));
        req.set_payload(Payload::Stream { payload: Box::pin(unread.clone()) });
        Some(unread)
    }

    /// Keeps the reader until the answer is sent, when the body was not read to its end.
    pub(super) fn hold(self, response: HttpResponse) -> HttpResponse {
        if self.0.ended.get() {
            return response;
        }
        response.map_body(|_, body| BoxBody::new(Held { body, _unread: self }))
    }
}

impl Stream for Unread {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut *self.0.payload.borrow_mut()).poll_next(cx);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.0.ended.set(true);
        }
        polled
    }
}

/// The body of an answer, together with the unread body of its request.
struct Held {
    body: BoxBody,
    _unread: Unread,
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
