//! Pictures, players and files as HTML.

use super::{escape, linked, push, push_intro, push_rich, rich};
use crate::content::blocks::download::DownloadBlockView;
use crate::content::blocks::embed::EmbedView;
use crate::content::blocks::gallery::GalleryBlockView;
use crate::content::blocks::image::ImageBlockView;
use crate::content::media::public::ImageView;
use crate::content::text::forms::Text;
use crate::content::text::links::LinkView;

/// A picture with what its media entry says of it.
pub(super) fn push_picture(out: &mut String, image: &ImageView) {
    push_figure(out, image, None, None);
}

/// A picture with a caption: that of the block, else its own.
fn push_figure(out: &mut String, image: &ImageView, caption: Option<&Text>, link: Option<&LinkView>) {
    out.push_str("<figure>");
    // A link whose picture says nothing would have no name.
    let link = link.filter(|_| !image.alt.is_empty());
    if let Some(link) = link {
        push(out, format_args!("<a href=\"{}\">", escape(&link.url)));
    }
    push_img(out, image);
    if link.is_some() {
        out.push_str("</a>");
    }
    let own = [&image.caption, &image.credit].into_iter().skip(usize::from(caption.is_some()));
    let said: Vec<String> = own.flatten().map(|text| escape(text)).collect();
    let said = said.join(" ");
    let caption = caption.map(rich).unwrap_or_default();
    if !(caption.is_empty() && said.is_empty()) {
        push(out, format_args!("<figcaption>{caption}{said}</figcaption>"));
    }
    out.push_str("</figure>\n");
}

pub(super) fn push_img(out: &mut String, image: &ImageView) {
    push(
        out,
        format_args!(
            "<img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\">",
            escape(&image.renditions.src),
            escape(&image.alt),
            image.width,
            image.height
        ),
    );
}

pub(super) fn push_image(out: &mut String, block: &ImageBlockView) {
    if let Some(image) = &block.image {
        push_figure(out, image, block.caption.as_ref(), block.link.as_ref());
    }
}

pub(super) fn push_gallery(out: &mut String, gallery: &GalleryBlockView) {
    for item in &gallery.images {
        push_figure(out, &item.image, item.caption.as_ref(), None);
    }
}

pub(super) fn push_embed(out: &mut String, embed: &EmbedView) {
    if let Some(image) = &embed.thumbnail {
        push_picture(out, image);
    }
    let title = escape(&embed.title);
    match embed.url.as_ref().or(embed.page_url.as_ref()) {
        Some(url) => push(out, format_args!("<p><a href=\"{}\">{title}</a></p>\n", escape(url))),
        None => push(out, format_args!("<p>{title}</p>\n")),
    }
    push_rich(out, embed.description.as_ref());
    push_rich(out, embed.transcript.as_ref());
    if let Some(link) = &embed.transcript_entry {
        let words = link.entry.as_ref().map_or(link.url.as_str(), |entry| &entry.title);
        push(out, format_args!("<p>{}</p>\n", linked(Some(link), words)));
    }
}

pub(super) fn push_download(out: &mut String, block: &DownloadBlockView) {
    push_intro(out, block.heading.as_deref(), block.text.as_ref());
    let Some(file) = &block.file else { return };
    let (url, title, name) = (escape(&file.download.url), escape(&file.title), escape(&file.download.name));
    push(out, format_args!("<p><a href=\"{url}\">{title}</a> ({name})</p>\n"));
}
