//! Every type of block as HTML: escaped where it is plain, in the right elements, and never an address of nothing.

use serde_json::json;

use super::super::{
    accordion::AccordionView, call_to_action::CallToActionView, cards::CardsView, children::ChildrenView,
    code::CodeView, download::DownloadBlockView, embed::EmbedView, gallery::GalleryBlockView, hero::HeroView,
    image::ImageBlockView, people::PeopleView, principles::PrinciplesView, schema::Variant,
};
use super::*;
use crate::content::media::public::ImageView;

const LINE: &str = "<p>We began in <strong>1998</strong>.</p>\n";
const IMG: &str = "<img src=\"https://cms.example.org/media/a/w.jpg\" alt=\"Six people around a table with open books\" \
                   width=\"1500\" height=\"1000\">";

fn html_of(content: ContentView) -> String {
    let id = serde_json::from_value(json!("b1")).unwrap();
    html(&[BlockView { id, content }])
}

fn sample<T: Variant>() -> T {
    T::samples().remove(0)
}

fn picture() -> ImageView {
    let mut image = ImageView::sample();
    image.renditions.src = "https://cms.example.org/media/a/w.jpg".into();
    image.credit = Some("Photo: M. Example".into());
    image
}

#[test]
fn plain_text_is_escaped_and_rich_text_is_not() {
    let code = CodeView { language: None, code: "a < b && \"c\"".into(), caption: Some("<x>".into()) };
    assert_eq!(
        html_of(ContentView::Code(code)),
        "<pre><code>a &lt; b &amp;&amp; &quot;c&quot;</code></pre>\n<p>&lt;x&gt;</p>\n"
    );
    assert_eq!(
        html_of(ContentView::Hero(sample::<HeroView>())),
        format!(
            "<h2>Fair chances in every school</h2>\n{LINE}<p><a href=\"tel:+1-202-555-0100\">Call us</a></p>\n"
        )
    );
    assert_eq!(
        html_of(ContentView::Table(sample::<TableView>())),
        "<table><caption>Members by region</caption><thead><tr><th scope=\"col\">Region</th></tr></thead>\
         <tbody><tr><td><strong>North</strong></td></tr></tbody></table>\n"
    );
    assert_eq!(html_of(ContentView::Unknown("later".into())), "");
}

#[test]
fn pictures_are_figures_with_words() {
    let image = ImageBlockView { image: Some(picture()), ..sample() };
    let expected = format!(
        "<figure><a href=\"https://example.org/photographs\">{IMG}</a>\
         <figcaption>{LINE}Photo: M. Example</figcaption></figure>\n"
    );
    assert_eq!(html_of(ContentView::Image(image.clone())), expected);
    let decorative = ImageView { alt: String::new(), credit: None, ..picture() };
    let silent = ImageBlockView { image: Some(decorative), caption: None, ..image.clone() };
    let found = html_of(ContentView::Image(silent));
    assert!(found.contains("alt=\"\"") && !found.contains("<a") && !found.contains("<figcaption"), "{found}");
    assert_eq!(html_of(ContentView::Image(ImageBlockView { image: None, ..image })), "");

    let mut gallery: GalleryBlockView = sample();
    gallery.images[0].image = ImageView { caption: Some("Own".into()), ..picture() };
    gallery.images.push(gallery.images[0].clone());
    gallery.images[1].caption = None;
    assert_eq!(
        html_of(ContentView::Gallery(gallery)),
        format!(
            "<figure>{IMG}<figcaption>{LINE}Photo: M. Example</figcaption></figure>\n\
             <figure>{IMG}<figcaption>Own Photo: M. Example</figcaption></figure>\n"
        )
    );
}

#[test]
fn players_are_links_to_where_they_play() {
    let embed: EmbedView = sample();
    assert_eq!(
        html_of(ContentView::Embed(embed.clone())),
        format!(
            "<p><a href=\"https://www.youtube.com/watch?v=a1B2c3D4e5F\">A talk about our first year</a></p>\n{LINE}"
        )
    );
    let link = LinkView { url: "/talk".into(), entry: None };
    let nowhere = EmbedView { page_url: None, description: None, transcript_entry: Some(link), ..embed };
    assert_eq!(
        html_of(ContentView::Embed(nowhere)),
        "<p>A talk about our first year</p>\n<p><a href=\"/talk\">/talk</a></p>\n"
    );
    assert_eq!(
        html_of(ContentView::Download(sample::<DownloadBlockView>())),
        format!(
            "<h2>Annual report 2026</h2>\n{LINE}<p><a href=\"https://cms.example.org/media/LCa0a2j_xo_5m0U8HTBBNAAAAAAAAAAA/\
             annual-report.pdf\">Annual report</a> (annual-report.pdf)</p>\n"
        )
    );
}

#[test]
fn quotes_say_who_said_it() {
    let quote: QuoteView = sample();
    let figure = |caption: &str| format!("<figure><blockquote>\n{LINE}</blockquote>{caption}</figure>\n");
    let who = "<a href=\"https://example.org/talks/1\">Ada Example</a>";
    let found = html_of(ContentView::Quote(quote.clone()));
    assert_eq!(found, figure(&format!("<figcaption><cite>{who}</cite>, Teacher in Sampletown</figcaption>")));
    let alone = QuoteView { role: None, source: None, ..quote.clone() };
    assert_eq!(
        html_of(ContentView::Quote(alone.clone())),
        figure("<figcaption><cite>Ada Example</cite></figcaption>")
    );
    assert_eq!(html_of(ContentView::Quote(QuoteView { attribution: None, ..alone })), figure(""));
    let role = QuoteView { attribution: None, source: None, ..quote };
    assert_eq!(html_of(ContentView::Quote(role)), figure("<figcaption>Teacher in Sampletown</figcaption>"));
}

#[test]
fn headings_come_in_order() {
    let callout = CalloutView { heading: None, ..sample() };
    assert_eq!(html_of(ContentView::Callout(callout)), format!("<aside>\n{LINE}</aside>\n"));
    let found = html_of(ContentView::CallToAction(sample::<CallToActionView>()));
    assert!(found.starts_with("<h2>Join the alliance</h2>\n") && found.contains("Call us"), "{found}");

    let mut cards: CardsView = sample();
    let with_label = format!(
        "<h2>Explore the alliance</h2>\n{LINE}<h3>Our history</h3>\n{LINE}\
         <p><a href=\"https://example.org/history\">Read on</a></p>\n"
    );
    assert_eq!(html_of(ContentView::Cards(cards.clone())), with_label);
    cards.heading = None;
    cards.text = None;
    cards.cards[0].label = None;
    let alone = format!("<h2><a href=\"https://example.org/history\">Our history</a></h2>\n{LINE}");
    assert_eq!(html_of(ContentView::Cards(cards)), alone);
}

#[test]
fn lists_are_lists() {
    assert_eq!(
        html_of(ContentView::Accordion(sample::<AccordionView>())),
        format!(
            "<h2>Questions that we are asked</h2>\n<details><summary>Who can join?</summary>\n{LINE}</details>\n"
        )
    );
    let mut principles: PrinciplesView = sample();
    principles.text = None;
    let item = format!("<li><p><strong>Ask first</strong></p>\n{LINE}</li>\n");
    let heading = "<h2>What we stand for</h2>\n";
    assert_eq!(html_of(ContentView::Principles(principles.clone())), format!("{heading}<ol>\n{item}</ol>\n"));
    principles.ordered = false;
    principles.items[0].text = None;
    let found = html_of(ContentView::Principles(principles));
    assert_eq!(found, format!("{heading}<ul>\n<li>Ask first</li>\n</ul>\n"));

    let mut children: ChildrenView = sample();
    children.text = None;
    assert_eq!(
        html_of(ContentView::Children(children.clone())),
        "<h2>Our topics</h2>\n<ul>\n<li><a href=\"/about/history\">Our history</a>\
         <br>How a handful of teachers became a national network.</li>\n</ul>\n"
    );
    children.pages.clear();
    assert_eq!(html_of(ContentView::Children(children)), "<h2>Our topics</h2>\n");
}

#[test]
fn people_are_named_with_what_they_do() {
    let mut people: PeopleView = sample();
    people.text = None;
    people.people.push(people.people[0].clone());
    let nameless = &mut people.people[1];
    (nameless.path, nameless.honorific, nameless.roles, nameless.organisation, nameless.summary) =
        (None, None, Vec::new(), None, None);
    assert_eq!(
        html_of(ContentView::People(people)),
        "<h2>Our board</h2>\n<h3><a href=\"/about/ada-example\">Dr. Ada Example</a></h3>\n<p>Chair, Lantern School</p>\n\
         <p>Taught mathematics before she founded the alliance.</p>\n<h3>Ada Example</h3>\n"
    );
}
