//! Blocks that consist of items, as HTML.

use super::{escape, linked, media, push, push_intro, push_rich, rich};
use crate::content::blocks::accordion::AccordionView;
use crate::content::blocks::cards::{CardItemView, CardsView};
use crate::content::blocks::children::ChildrenView;
use crate::content::blocks::people::PeopleView;
use crate::content::blocks::principles::PrinciplesView;

pub(super) fn push_cards(out: &mut String, cards: &CardsView) {
    let level = push_intro(out, cards.heading.as_deref(), cards.text.as_ref());
    for card in &cards.cards {
        push_card(out, card, level);
    }
}

fn push_card(out: &mut String, card: &CardItemView, level: u8) {
    let (heading, end) = match &card.label {
        // Without a label the heading is the link.
        None => (linked(card.link.as_ref(), &card.heading), None),
        Some(label) => (escape(&card.heading), card.link.as_ref().map(|link| linked(Some(link), label))),
    };
    push(out, format_args!("<h{level}>{heading}</h{level}>\n"));
    if let Some(image) = &card.image {
        media::push_picture(out, image);
    }
    push_rich(out, card.text.as_ref());
    if let Some(end) = end {
        push(out, format_args!("<p>{end}</p>\n"));
    }
}

pub(super) fn push_accordion(out: &mut String, accordion: &AccordionView) {
    push_intro(out, accordion.heading.as_deref(), None);
    for item in &accordion.items {
        let (heading, text) = (escape(&item.heading), rich(&item.text));
        push(out, format_args!("<details><summary>{heading}</summary>\n{text}</details>\n"));
    }
}

pub(super) fn push_principles(out: &mut String, principles: &PrinciplesView) {
    push_intro(out, principles.heading.as_deref(), principles.text.as_ref());
    let list = if principles.ordered { "ol" } else { "ul" };
    push(out, format_args!("<{list}>\n"));
    for item in &principles.items {
        let heading = escape(&item.heading);
        match &item.text {
            Some(text) => {
                push(out, format_args!("<li><p><strong>{heading}</strong></p>\n{}</li>\n", rich(text)));
            }
            None => push(out, format_args!("<li>{heading}</li>\n")),
        }
    }
    push(out, format_args!("</{list}>\n"));
}

pub(super) fn push_children(out: &mut String, children: &ChildrenView) {
    push_intro(out, children.heading.as_deref(), children.text.as_ref());
    if children.pages.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for page in &children.pages {
        let (path, title) = (escape(&page.path), escape(&page.title));
        push(out, format_args!("<li><a href=\"{path}\">{title}</a>"));
        if let Some(summary) = &page.summary {
            push(out, format_args!("<br>{}", escape(summary)));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

pub(super) fn push_people(out: &mut String, people: &PeopleView) {
    let level = push_intro(out, people.heading.as_deref(), people.text.as_ref());
    for person in &people.people {
        let said = [person.honorific.as_deref(), Some(person.name.as_str())];
        let mut name = escape(&said.into_iter().flatten().collect::<Vec<_>>().join(" "));
        if let Some(path) = &person.path {
            name = format!("<a href=\"{}\">{name}</a>", escape(path));
        }
        push(out, format_args!("<h{level}>{name}</h{level}>\n"));
        if let Some(portrait) = &person.portrait {
            media::push_picture(out, portrait);
        }
        let roles = person.roles.iter().map(String::as_str).chain(person.organisation.as_deref());
        let roles = roles.collect::<Vec<_>>().join(", ");
        for line in [Some(roles), person.summary.clone()].into_iter().flatten().filter(|line| !line.is_empty()) {
            push(out, format_args!("<p>{}</p>\n", escape(&line)));
        }
    }
}
