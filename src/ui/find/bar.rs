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
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

/// So long after the last letter the words are looked for.
const PAUSE: Duration = Duration::from_millis(200);
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
        ("aria-label", strings.find),
        ("placeholder", strings.find),
    ] {
        set(&field, name, value);
    }
    let count = pen.element(&bar, "bdi", "find-count");
    for (act, path, name) in [
        ("find-older", UP, strings.older_match),
        ("find-newer", DOWN, strings.newer_match),
        ("find-close", CLOSE, strings.close_find),
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
        if let Some(field) = scene.find_field.get_value() {
            focus_quietly(&field);
            field.unchecked_ref::<HtmlInputElement>().select();
        }
        return;
    }
    scene.find_opener.set_value(Some(near.clone()));
    scene.finding.set(true);
    scene
        .conversation
        .dispatch(Event::FindChanged(String::new()));
}

/// Closes the bar, and gives the focus back to where it came from (A3): where that is gone, to the message that was found.
pub(in super::super) fn close(near: &Element, scene: Scene) {
    let row = scene.conversation.look(|chat| chat.find()?.current);
    let chat = near.closest(".chat").ok().flatten();
    let query = |selector: &str| chat.as_ref()?.query_selector(selector).ok()?;
    let opener = scene.find_opener.get_value();
    // The header's button may have been drawn anew.
    let is_button = |opener: &Element| opener.has_attribute("aria-expanded");
    let from_button = opener.as_ref().is_none_or(is_button);
    let target = opener
        .filter(|opener| opener.is_connected())
        .or_else(|| query(&row_selector(row.flatten().filter(|_| !from_button)?)))
        .or_else(|| query(".header [data-act=find]"));
    scene.find_opener.set_value(None);
    scene.find_field.set_value(None);
    scene.finding.set(false);
    scene.conversation.dispatch(Event::FindClosed);
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

/// The visitor wrote in the field.
pub(in super::super) fn typed(scene: Scene) {
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
    let more = if find.state == FindState::Complete {
        ""
    } else {
        "+"
    };
    let all = [&find.matches.to_string(), more].concat();
    match find.position {
        Some(position) => [&position.to_string(), " ", scene.strings.of, " ", &all].concat(),
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
        scene.strings.nothing_found
    } else if find.position == Some(find.matches) {
        scene.strings.nothing_more
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
    let (sentence, name) = match find.state {
        FindState::Idle => return,
        FindState::Complete => {
            let sentence = end(&find, scene);
            if !sentence.is_empty() {
                pen.label(place, "span", "", sentence);
            }
            return;
        }
        FindState::Searching if forth => (strings.finding_on, strings.stop),
        FindState::Searching => (strings.finding_back, strings.stop),
        FindState::Stopped if forth => (strings.found_on, strings.find_more),
        FindState::Stopped => (strings.found_back, strings.find_more),
        FindState::Failed if forth => (strings.newer_failed, strings.try_again),
        FindState::Failed => (strings.older_failed, strings.try_again),
    };
    if find.state == FindState::Searching {
        pen.element(place, "span", "spinner");
    }
    if let Some(line) = pen.label(place, "span", "", sentence)
        && find.state != FindState::Failed
        && let Some(reached) = find.reached
    {
        pen.text(&line, &[" ", &scene.dates.day(reached)].concat());
    }
    pen.text_button(place, "find-on", "plain", name);
}

/// Says to those who listen where they are and what stands there, or that there is no more, once they write no more.
fn tell(scene: Scene) {
    let pause = Later::new();
    let mut told = None;
    watch(move || {
        let Some(find) = scene.conversation.find() else {
            return;
        };
        let end = if find.state == FindState::Failed {
            scene.strings.older_failed
        } else {
            end(&find, scene)
        };
        let now = (find.current, end);
        if told.replace(now).is_none_or(|before| before == now) {
            return;
        }
        let say = move || {
            let find = scene.conversation.look(Chat::find).flatten();
            let Some(find) = find else { return };
            let mut said = position(&find, scene);
            if let Some(row) = find.current.and_then(|row| scene.conversation.row_now(row)) {
                said = [&said, ". ", &row.author.name, ": ", &row.text.plain_text()].concat();
            }
            scene.spoken.set([&said, "\n", end].concat());
        };
        pause.run_after(QUIET, Box::new(say));
    });
}
