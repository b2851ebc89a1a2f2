//! Whether the languages of the site can become those that settings name. Pure.

use super::SiteLocale;
use crate::documents::body::{NamedLocale, SiteLocales};
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// The locales that the site does not have yet, in an order in which they can be added.
///
/// # Errors
/// 422 when a locale would have another fallback than it has, or one is left out in which there are documents.
pub(super) fn additions<'a>(
    known: &[SiteLocale],
    used: &[String],
    named: &'a SiteLocales,
) -> Result<Vec<&'a NamedLocale>, Problem> {
    let at = Pointer::root().field("locales");
    let (mut new, mut faults) = (Vec::new(), Vec::new());
    for (nth, locale) in named.named.iter().enumerate() {
        match known.iter().find(|known| known.tag == locale.tag) {
            None => new.push(locale),
            Some(known) if known.fallback != locale.fallback => {
                let is = known
                    .fallback
                    .as_ref()
                    .map_or("no fallback".to_owned(), |tag| format!("the fallback `{tag}`"));
                let detail =
                    format!("`{}` has {is} for good, because history was read so: write it so.", known.tag);
                faults.push(FieldProblem::new(at.item(nth).field("fallback"), FieldCode::NotAllowed, detail));
            }
            Some(_) => {}
        }
    }
    let missing = used.iter().filter(|tag| !named.named.iter().any(|locale| locale.tag == **tag));
    let missing: Vec<String> = missing.map(|tag| format!("`{tag}`")).collect();
    if !missing.is_empty() {
        let detail =
            format!("There are documents in {}: a locale in use cannot be left out.", missing.join(", "));
        faults.push(FieldProblem::new(at, FieldCode::NotAllowed, detail));
    }
    if faults.is_empty() { Ok(new) } else { Err(refused(faults)) }
}

/// Refuses another default locale by plan, because at that instant nobody would put it into force, and one in which there are no
/// settings, because then nobody would find them.
///
/// # Errors
/// 422.
pub(super) fn check_default(next: &str, planned: bool, there: bool) -> Result<(), Problem> {
    let detail = match (planned, there) {
        (true, _) => "The default locale changes when settings are published, not by plan.".to_owned(),
        (false, false) => {
            format!(
                "Publish `{next}` among `locales` first, add the settings in `{next}`, and then make it the default one."
            )
        }
        (false, true) => return Ok(()),
    };
    let at = Pointer::root().field("default_locale");
    Err(refused(vec![FieldProblem::new(at, FieldCode::NotAllowed, detail)]))
}

fn refused(faults: Vec<FieldProblem>) -> Problem {
    Problem::new(Code::Invalid)
        .detail("The languages of the site cannot be these; `errors` says why.")
        .fields(faults)
}
