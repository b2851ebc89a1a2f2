//! The extractor that stands first in every handler. It is synchronous and reads the actor that the authentication
//! middleware left, so no error of the body or the query can answer before a missing permission does.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::actor::Actor;
use super::permission::{Permission, Permit};
use crate::platform::problem::{Code, Problem};

/// Demands permission `P` of the actor of the request; gives the permit.
pub struct Require<P>(pub Permit<P>);

impl<P: Permission> FromRequest for Require<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let permit = match extensions.get::<Actor>() {
            Some(actor) => Permit::issue(actor).map(Self),
            // No middleware ran: a defect, and no reason to let anyone in.
            None => Err(Problem::new(Code::Internal)),
        };
        ready(permit)
    }
}

/// Leaves the actor for [`Require`]; called by the authentication middleware alone.
pub fn set_actor(request: &impl HttpMessage, actor: Actor) {
    request.extensions_mut().insert(actor);
}
