use super::super::composer::is_composing;
use super::super::dom::{focus_quietly, focused};
use super::super::later::Later;
use super::super::pen::{Pen, clear, set};
use super::super::region::{region, watch, watch_choice};
use super::super::scene::Scene;
use super::marks;
use chat_core::{Chat, Event, Find, FindState, Newer, RowId};
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::{CLOSE, DOWN, UP};
use std::time::Duration;
use strings::Sentence;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

/// So long after the last letter the words are looked for.
const PAUSE: Duration = Duration::from_millis(200);
/// So much of a message is said before and behind what was found in it, in UTF-16 code units.
const BEFORE: u32 = 40;
const BEHIND: u32 = 120;
/// So long after the last change it is said what was found.
const QUIET: Duration = Duration::from_millis(700);

/// Keeps the bar there while it is open. The stage is where the rows are.
pub(in super::super) fn keep(place: Element, stage: Element, scene: Scene) {
    watch_choice(
        move || scene.finding.get(),
        move |is_open| {
            clear(&place);
            if is_open {
                draw(&place, &stage, scene);
            }
        },
    );
}

fn draw(place: &Element, stage: &Element, scene: Scene) {
    let Some(pen) = Pen::near(place, scene.strings) else {
        return;
    };
    let strings = scene.strings;
    let Some(bar) = pen.element(place, "form", "find-bar") else {
        return;
    };
    set(&bar, "role", "search");
    let Some(field) = pen.element(&bar, "input", "find-field") else {
        return;
    };
    for (name, value) in [
        ("type", "search"),
        ("dir", "auto"),
        ("enterkeyhint", "search"),
        ("autocomplete", "off"),
        ("maxlength", "200"),
        ("aria-label", strings.find()),
        ("placeholder", strings.find()),
    ] {
        set(&field, name, value);
    }
    let count = pen.element(&bar, "bdi", "find-count");
    for (act, path, name) in [
        ("find-older", UP, strings.older_match()),
        ("find-newer", DOWN, strings.newer_match()),
        ("find-close", CLOSE, strings.close_find()),
    ] {
        pen.icon_button(&bar, act, "round", path, name);
    }
    if let (Some(count), Some(line)) = (count, pen.element(place, "div", "find-line")) {
        region(count, (scene, draw_count));
        keep_line(line, field.clone(), scene);
    }
    tell(scene);
    marks::keep(stage, scene);
    focus_quietly(&field);
    scene.find_field.set_value(Some(field));
}

/// Opens the bar, or goes to its field where it is open.
pub(in super::super) fn open(near: &Element, scene: Scene) {
    if scene.finding.get_untracked() {
        if !super::is_within(near) {
            scene.find_opener.set_value(Some(near.clone()));
        }
        if let Some(field) = scene.find_field.get_value() {
            focus_quietly(&field);
            field.unchecked_ref::<HtmlInputElement>().select();
        }
        return;
    }
    scene.find_opener.set_value(Some(near.clone()));
    scene.finding.set(true);
    let from = scene.rows.with_value(|rows| rows.as_ref()?.reading());
    scene.find_from.set_value(from);
    let row = from.map(|(row, _)| row);
    scene.conversation.dispatch(Event::FindOpened(row));
}

/// Closes the bar, and gives the focus back to where it came from (A3): where that is gone, to the message that was found.
/// Who only looked whether something is there goes on reading where they were.
pub(in super::super) fn close(near: &Element, scene: Scene) {
    let find = scene.conversation.look(Chat::find).flatten();
    let found = find.as_ref().and_then(|find| find.current);
    let chat = near.closest(".chat").ok().flatten();
    let query = |selector: &str| chat.as_ref()?.query_selector(selector).ok()?;
    let opener = scene.find_opener.get_value();
    // The header's button may have been drawn anew.
    let is_button = |opener: &Element| opener.has_attribute("aria-expanded");
    let from_button = opener.as_ref().is_none_or(is_button);
    scene.find_opener.set_value(None);
    scene.find_field.set_value(None);
    scene.finding.set(false);
    scene.conversation.dispatch(Event::FindClosed);
    let mut row = found;
    if let (Some(found), Some(from)) = (found, scene.find_from.get_value())
        && find.is_some_and(|find| !find.stepped)
        && let Some(rows) = scene.rows.get_value()
        // They have not gone elsewhere meanwhile.
        && rows.in_sight(found).is_some()
    {
        rows.put_back(from);
        row = Some(from.0);
    }
    let target = opener
        .filter(|opener| opener.is_connected())
        .or_else(|| query(&row_selector(row.filter(|_| !from_button)?)))
        .or_else(|| query(".header [data-act=find]"));
    if let Some(target) = target {
        focus_quietly(&target);
    }
}

fn row_selector(row: RowId) -> String {
    ["[data-row=\"", &row.get().to_string(), "\"]"].concat()
}

/// What stands in the field.
fn words(scene: Scene) -> String {
    let field = scene.find_field.get_value();
    let value = |field: Element| field.unchecked_ref::<HtmlInputElement>().value();
    field.map(value).unwrap_or_default()
}

/// The visitor wrote in the field. What is only being composed is no word yet (C1).
pub(in super::super) fn typed(event: &web_sys::Event, scene: Scene) {
    let is_composed = event.dyn_ref::<web_sys::InputEvent>();
    if is_composed.is_some_and(web_sys::InputEvent::is_composing) {
        return;
    }
    let look = move || {
        // It may be closed by then.
        if scene.finding.get_untracked() {
            scene
                .conversation
                .dispatch(Event::FindChanged(words(scene)));
        }
    };
    scene.find_pause.run_after(PAUSE, Box::new(look));
}

/// Goes to the next match, or to the first of what was just written.
pub(in super::super) fn step(older: bool, scene: Scene) {
    let words = words(scene);
    scene
        .conversation
        .dispatch(Event::FindStepped { words, older });
}

/// Has history read on for what is looked for, or no longer where it is being read.
pub(in super::super) fn toggle_reading(scene: Scene) {
    let find = scene.conversation.look(Chat::find).flatten();
    let is_reading = find.is_some_and(|find| find.state == FindState::Searching);
    scene.conversation.dispatch(if is_reading {
        Event::FindStopped
    } else {
        Event::FindContinued
    });
}

/// A key in the bar.
pub(in super::super) fn pressed(event: &KeyboardEvent, target: &Element, scene: Scene) {
    // What is only being composed is none of ours (C1).
    if is_composing(event) {
        return;
    }
    let is_field = target.local_name() == "input";
    match event.key().as_str() {
        "Escape" => close(target, scene),
        "Enter" if is_field => step(!event.shift_key(), scene),
        "ArrowUp" if is_field => step(true, scene),
        "ArrowDown" if is_field => step(false, scene),
        _ => return,
    }
    event.prevent_default();
}

/// Where one is among the matches. As long as history can be read on, there may be more.
fn position(find: &Find, scene: Scene) -> String {
    if find.matches == 0 {
        return String::new();
    }
    let strings = scene.strings;
    let mut all = strings.number(find.matches as u64);
    if find.state != FindState::Complete {
        all = strings.or_more().with(&[("n", &all)]);
    }
    match find.position {
        Some(position) => {
            let position = strings.number(position as u64);
            strings.place().with(&[("n", &position), ("m", &all)])
        }
        None => all,
    }
}

fn draw_count(pen: &Pen, place: &Element, scene: Scene) {
    if let Some(find) = scene.conversation.find() {
        pen.text(place, &position(&find, scene));
    }
}

/// That there is nothing, or nothing more, once all of the channel was looked through.
fn end(find: &Find, scene: Scene) -> &'static str {
    if find.state != FindState::Complete {
        ""
    } else if find.matches == 0 {
        scene.strings.nothing_found()
    } else if find.stepped && find.position == Some(find.matches) {
        scene.strings.nothing_more()
    } else {
        ""
    }
}

/// Keeps the line below the bar. The focus stays on its button, or where that goes, on the field.
fn keep_line(line: Element, field: Element, scene: Scene) {
    let Some(pen) = Pen::near(&line, scene.strings) else {
        return;
    };
    watch(move || {
        let had_focus = focused(&line).is_some_and(|focused| line.contains(Some(&focused)));
        clear(&line);
        draw_line(&pen, &line, scene);
        if had_focus {
            let button = line.query_selector("button").ok().flatten();
            focus_quietly(button.as_ref().unwrap_or(&field));
        }
    });
}

/// How far history was read, and what can be done about it.
fn draw_line(pen: &Pen, place: &Element, scene: Scene) {
    let Some(find) = scene.conversation.find() else {
        return;
    };
    let strings = scene.strings;
    let forth = scene.conversation.newer().0 != Newer::Live;
    let reached = find.reached.map(|reached| scene.dates.day(reached));
    let dated = |sentence: Sentence| {
        let date = reached.as_ref()?;
        Some(sentence.with(&[("date", date)]))
    };
    let (sentence, name) = match find.state {
        FindState::Idle => return,
        FindState::Complete => {
            let sentence = end(&find, scene);
            if !sentence.is_empty() {
                pen.label(place, "span", "", sentence);
            }
            return;
        }
        FindState::Searching => {
            let (undated, at) = if forth {
                (strings.finding_on(), strings.finding_on_at())
            } else {
                (strings.finding_back(), strings.finding_back_at())
            };
            (
                dated(at).unwrap_or_else(|| undated.to_owned()),
                strings.stop(),
            )
        }
        FindState::Stopped => {
            let at = if forth {
                strings.found_on()
            } else {
                strings.found_back()
            };
            (dated(at).unwrap_or_default(), strings.find_more())
        }
        FindState::Failed => {
            let sentence = if forth {
                strings.newer_failed()
            } else {
                strings.older_failed()
            };
            (sentence.to_owned(), strings.try_again())
        }
    };
    if find.state == FindState::Searching {
        pen.element(place, "span", "spinner");
    }
    pen.label(place, "span", "", &sentence);
    pen.text_button(place, "find-on", "plain", name);
}

/// Says to those who listen where they are and what stands there, that there is no more, or that history is read, once they
/// write no more. The same again where they look for something else.
fn tell(scene: Scene) {
    let pause = Later::new();
    let mut told = None;
    let is_again = std::rc::Rc::new(std::cell::Cell::new(false));
    watch(move || {
        let Some(find) = scene.conversation.find() else {
            return;
        };
        let end = match find.state {
            FindState::Failed => scene.strings.older_failed(),
            FindState::Searching if find.current.is_none() => scene.strings.finding_back(),
            _ => end(&find, scene),
        };
        let now = (find.search, find.current, end);
        if told.replace(now).is_none_or(|before| before == now) {
            return;
        }
        let is_again = std::rc::Rc::clone(&is_again);
        let say = move || {
            let find = scene.conversation.look(Chat::find).flatten();
            let Some(find) = find else { return };
            let mut said = position(&find, scene);
            if let Some(row) = find.current.and_then(|row| scene.conversation.row_now(row)) {
                let text = excerpt(&row.text.plain_text(), scene);
                let message = scene.strings.said();
                let message = message.with(&[("name", &row.author.name), ("text", &text)]);
                said = [&said, ". ", &message].concat();
            }
            // What is the same to the letter would not be said again.
            is_again.set(!is_again.get());
            let other = if is_again.get() { "\u{a0}" } else { "" };
            scene.spoken.set([&said, "\n", end, other].concat());
        };
        pause.run_after(QUIET, Box::new(say));
    });
}

/// What stands around the first place that was found, and not more than one listens to.
fn excerpt(text: &str, scene: Scene) -> String {
    let places = scene.conversation.look(|chat| chat.found_in(text));
    let place = places
        .and_then(|places| Some(places.first()?.0))
        .unwrap_or_default();
    let (mut said, mut at) = (String::new(), 0);
    for character in text.chars() {
        if at + BEFORE >= place && at < place + BEHIND {
            said.push(character);
        }
        at += if character > '\u{FFFF}' { 2 } else { 1 };
    }
    said
}
