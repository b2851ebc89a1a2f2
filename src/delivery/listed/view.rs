//! How what blocks list is shown.

use uuid::Uuid;

use super::model::{Asking, Below, Listed, Listing};
use crate::content::blocks::lists::{Lists, PageTeaser, PagesBelow, PeopleWanted, PersonTeaser};
use crate::content::media::public::Images as _;
use crate::content::people::Person;
use crate::delivery::view::Shown;

/// What the blocks of one page list.
pub struct Lister<'a> {
    /// What was found for all pages of the answer.
    pub listed: &'a Listed,
    /// The page.
    pub page: Uuid,
    /// The pictures of all of them.
    pub shown: &'a Shown<'a>,
    /// How the path of a page stands in the answer.
    pub address: &'a dyn Fn(&str) -> String,
}

impl Lists for Lister<'_> {
    fn pages(&self, wanted: PagesBelow) -> Vec<PageTeaser> {
        let found = self.listed.pages(&Asking { page: self.page, wanted });
        found.iter().map(|below| self.page(below)).collect()
    }

    fn people(&self, wanted: &PeopleWanted) -> Vec<PersonTeaser> {
        self.listed.people(wanted).iter().map(|person| self.person(person)).collect()
    }
}

impl Lister<'_> {
    fn page(&self, Below { card, what: level, .. }: &Below) -> PageTeaser {
        PageTeaser {
            id: card.entry,
            locale: card.locale.clone(),
            title: card.title.clone(),
            path: (self.address)(card.path.as_deref().unwrap_or_default()),
            summary: card.summary.clone(),
            tags: card.tags(),
            published_at: card.published_at,
            image: card.image().and_then(|image| self.shown.image(image)),
            parent: card.parent,
            level: *level,
        }
    }

    fn person(&self, Listing { card, what: person, .. }: &Listing<Person>) -> PersonTeaser {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PersonTeaser {
            id: card.entry,
            locale: card.locale.clone(),
            name: person.name.clone(),
            honorific: given(&person.honorific),
            pronouns: given(&person.pronouns),
            roles: person.roles.clone(),
            organisation: given(&person.organisation),
            location: given(&person.location),
            summary: given(&person.summary),
            portrait: person.portrait.and_then(|portrait| self.shown.image(portrait)),
            path: card.path.as_deref().map(self.address),
        }
    }
}
