//! Who asks, what they may do, and the proof of it. A permission stands in the handler's signature as `Require<P>`; what
//! comes out of it, a `Permit<P>`, is the only key to an action.

mod actor;
mod extract;
mod guest;
mod permission;
mod reach;

pub use actor::{Actor, Grant, Identity, Scope, Verb};
pub use extract::{Require, set_actor};
pub use guest::{Guest, Sees};
pub use permission::{
    ADMINISTRATION, AnyContent, Audit, Delete, InSession, KindName, Manage, Permission, Permit, Public,
    Publish, Read, Roles, SignedIn, Site, Tokens, Users, Who, Write,
};
pub use reach::{Bounds, Judged, Place, Reach, Subject, Verdict, Whereabouts, judge};
