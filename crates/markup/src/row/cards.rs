use crate::pen::Pen;
use chat_core::LinkCard;
use chat_core::text::SafeUrl;

/// That many cards are shown under one message.
const MOST_CARDS: usize = 3;

/// The pages that a message links to, as Whop read them. A card has its height from the start, so that nothing moves
/// when its picture comes.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, cards: &[LinkCard]) {
    pen.clear(place);
    for card in cards.iter().take(MOST_CARDS) {
        draw_one(pen, place, card);
    }
}

fn draw_one<P: Pen>(pen: &P, place: &P::Element, card: &LinkCard) {
    let Some(link) = pen.link(place, "card", card.url.as_str()) else {
        return;
    };
    if let Some(text) = pen.element(&link, "span", "card-text") {
        if let Some(site) = pen.element(&text, "span", "card-site") {
            picture(pen, &site, "card-icon", card.icon.as_ref());
            pen.label(&site, "bdi", "", &card.url.shown_host());
        }
        let (class, title) = match (&card.title, card.loading) {
            (title, true) if title.is_empty() => ("card-title waits", pen.strings().link_loading()),
            (title, _) => ("card-title", title.as_str()),
        };
        pen.label(&text, "bdi", class, title);
        pen.label(&text, "bdi", "card-summary", &card.description);
    }
    picture(pen, &link, "card-picture", card.image.as_ref());
}

fn picture<P: Pen>(pen: &P, place: &P::Element, class: &str, url: Option<&SafeUrl>) {
    if let Some(url) = url
        && let Some(image) = pen.element(place, "img", class)
    {
        pen.set(&image, "alt", "");
        pen.set(&image, "loading", "lazy");
        pen.set(&image, "decoding", "async");
        pen.set(&image, "referrerpolicy", "no-referrer");
        pen.set(&image, "src", url.as_str());
    }
}
