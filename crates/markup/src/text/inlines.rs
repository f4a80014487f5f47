use crate::pen::Pen;
use chat_core::text::{Inline, LinkKind, Mention, MentionTarget, SafeUrl};

pub(super) fn inlines<P: Pen>(pen: &P, parent: &P::Element, content: &[Inline]) {
    for part in content {
        inline(pen, parent, part);
    }
}

fn inline<P: Pen>(pen: &P, parent: &P::Element, part: &Inline) {
    match part {
        Inline::Text(text) => pen.text(parent, text),
        Inline::Emphasis(content) => wrapped(pen, parent, "em", content),
        Inline::Strong(content) => wrapped(pen, parent, "strong", content),
        Inline::Strikethrough(content) => wrapped(pen, parent, "s", content),
        Inline::Spoiler(content) => spoiler(pen, parent, content),
        Inline::Code(text) => {
            if let Some(code) = pen.label(parent, "code", "", text) {
                pen.set(&code, "dir", "ltr");
            }
        }
        Inline::Link {
            url,
            title,
            label,
            kind,
        } => {
            written_link(pen, parent, url, title.as_deref(), label, *kind);
        }
        Inline::Mention(target) => mention(pen, parent, target),
        Inline::Emoji {
            character,
            shortcode,
        } => {
            if let Some(emoji) = pen.label(parent, "span", "emoji", character) {
                pen.set(&emoji, "title", &[":", shortcode, ":"].concat());
            }
        }
        Inline::LineBreak | Inline::SoftBreak => {
            pen.element(parent, "br", "");
        }
    }
}

fn wrapped<P: Pen>(pen: &P, parent: &P::Element, name: &str, content: &[Inline]) {
    if let Some(element) = pen.element(parent, name, "") {
        inlines(pen, &element, content);
    }
}

fn spoiler<P: Pen>(pen: &P, parent: &P::Element, content: &[Inline]) {
    let Some(cover) = pen.element(parent, "span", "spoiler") else {
        return;
    };
    pen.set(&cover, "role", "button");
    pen.set(&cover, "tabindex", "0");
    pen.set(&cover, "data-act", "reveal");
    pen.set(&cover, "aria-label", pen.strings().spoiler());
    if let Some(hidden) = pen.element(&cover, "span", "") {
        pen.set(&hidden, "aria-hidden", "true");
        pen.set(&hidden, "inert", "");
        inlines(pen, &hidden, content);
    }
}

fn written_link<P: Pen>(
    pen: &P,
    parent: &P::Element,
    url: &SafeUrl,
    title: Option<&str>,
    label: &[Inline],
    kind: LinkKind,
) {
    let class = if kind == LinkKind::Image {
        "image-link"
    } else {
        ""
    };
    let Some(link) = pen.link(parent, class, url.as_str()) else {
        return;
    };
    // Where a label is the author's own words, the address it hides is on hover.
    match title {
        Some(title) => pen.set(&link, "title", title),
        None if kind != LinkKind::Bare => pen.set(&link, "title", &url.shown()),
        None => {}
    }
    inlines(pen, &link, label);
}

fn mention<P: Pen>(pen: &P, parent: &P::Element, mention: &Mention) {
    let class = match mention.target {
        MentionTarget::Experience(_) => "mention place",
        _ if mention.of_viewer => "mention of-viewer",
        _ => "mention",
    };
    let Some(element) = pen.label(parent, "bdi", class, &mention.text) else {
        return;
    };
    if let MentionTarget::User(id) | MentionTarget::Experience(Some(id)) = &mention.target {
        pen.set(&element, "data-value", id);
    }
}

/// Roughly how much there is to see.
pub(super) fn weight(content: &[Inline]) -> usize {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.len(),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Spoiler(inner)
            | Inline::Link { label: inner, .. } => weight(inner),
            Inline::Mention(mention) => mention.text.len(),
            Inline::Emoji { .. } => 2,
            Inline::LineBreak | Inline::SoftBreak => 40,
        })
        .sum()
}
