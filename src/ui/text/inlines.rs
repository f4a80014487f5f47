use crate::ui::pen::{Pen, set};
use chat_core::text::{Inline, LinkKind, Mention, SafeUrl};
use web_sys::Element;

impl Pen {
    pub fn inlines(&self, parent: &Element, content: &[Inline]) {
        for inline in content {
            self.inline(parent, inline);
        }
    }

    fn inline(&self, parent: &Element, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.text(parent, text),
            Inline::Emphasis(content) => self.wrapped(parent, "em", content),
            Inline::Strong(content) => self.wrapped(parent, "strong", content),
            Inline::Strikethrough(content) => self.wrapped(parent, "s", content),
            Inline::Spoiler(content) => self.spoiler(parent, content),
            Inline::Code(text) => {
                if let Some(code) = self.label(parent, "code", "", text) {
                    set(&code, "dir", "ltr");
                }
            }
            Inline::Link {
                url,
                title,
                label,
                kind,
            } => {
                self.written_link(parent, url, title.as_deref(), label, *kind);
            }
            Inline::Mention(mention) => self.mention(parent, mention),
            Inline::Emoji {
                character,
                shortcode,
            } => {
                if let Some(emoji) = self.label(parent, "span", "emoji", character) {
                    set(&emoji, "title", &[":", shortcode, ":"].concat());
                }
            }
            Inline::LineBreak | Inline::SoftBreak => {
                self.element(parent, "br", "");
            }
        }
    }

    fn wrapped(&self, parent: &Element, name: &str, content: &[Inline]) {
        if let Some(element) = self.element(parent, name, "") {
            self.inlines(&element, content);
        }
    }

    fn spoiler(&self, parent: &Element, content: &[Inline]) {
        let Some(spoiler) = self.element(parent, "span", "spoiler") else {
            return;
        };
        set(&spoiler, "role", "button");
        set(&spoiler, "tabindex", "0");
        set(&spoiler, "data-act", "reveal");
        set(&spoiler, "aria-label", self.strings.spoiler);
        if let Some(hidden) = self.element(&spoiler, "span", "") {
            set(&hidden, "aria-hidden", "true");
            set(&hidden, "inert", "");
            self.inlines(&hidden, content);
        }
    }

    fn written_link(
        &self,
        parent: &Element,
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
        let Some(link) = self.link(parent, class, url.as_str()) else {
            return;
        };
        // Where a label is the author's own words, the address it hides is on hover.
        let title = title.or((kind != LinkKind::Bare).then_some(url.as_str()));
        if let Some(title) = title {
            set(&link, "title", title);
        }
        self.inlines(&link, label);
    }

    fn mention(&self, parent: &Element, mention: &Mention) {
        let class = if mention.of_viewer {
            "mention of-viewer"
        } else {
            "mention"
        };
        self.label(parent, "bdi", class, &mention.text);
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
