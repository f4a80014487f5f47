//! One message with all its parts. A part reads the row's signal and nothing else; what is clicked in it is named by
//! `data-act`, and the list's one listener does it.

mod attachments;
mod avatar;
mod delivery;
mod heading;
mod poll;
mod quote;
mod reactions;
mod tools;

use super::dates::machine;
use super::scene::Scene;
use super::text::row_text;
use chat_core::{Delivery, Kind, Row, RowId};
use leptos::prelude::*;
use std::rc::Rc;

/// A row's signal.
pub(super) type RowSignal = ReadSignal<Option<Rc<Row>>, LocalStorage>;

/// Reads the row, unless it is gone: its component may outlive it for a moment.
fn read<T>(row: RowSignal, look: impl FnOnce(&Row) -> T) -> Option<T> {
    row.try_with(|row| row.as_ref().map(|row| look(row)))
        .flatten()
}

/// One message.
#[component]
pub(super) fn MessageRow(id: RowId, scene: Scene) -> impl IntoView {
    let row = scene.conversation.row(id);
    let divider = move || {
        let at = read(row, |row| row.starts_day.then_some(row.created_at)).flatten();
        at.map(|at| {
            view! {
                <div class="day">
                    <time datetime=machine(at)>{scene.dates.day(at)}</time>
                </div>
            }
        })
    };
    view! {
        <div class=move || item_class(row) data-row=id.get() tabindex="-1" role="article">
            {divider}
            <div class="message">
                {avatar::view(row)}
                <div class="body">
                    {heading::view(row, scene)}
                    <div class="bubble">
                        {quote::view(row, scene)}
                        <div class="text" dir="auto" use:row_text=(row, scene)></div>
                        {poll::view(row, scene)}
                        {heading::marks(row, scene)}
                        {tools::view(row, scene)}
                    </div>
                    {attachments::view(row, scene)}
                    {reactions::view(row, scene)}
                    {delivery::view(row, scene)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn item_class(row: RowSignal) -> String {
    read(row, |row| {
        let mut class = String::from("item");
        let mut add = |condition: bool, name: &str| {
            if condition {
                class.push(' ');
                class.push_str(name);
            }
        };
        add(row.own, "own");
        add(row.kind == Kind::System, "system");
        add(row.starts_group, "first");
        add(row.ends_group, "last");
        add(row.starts_day, "starts-day");
        add(row.delivery == Delivery::Pending, "pending");
        add(matches!(row.delivery, Delivery::Failed(_)), "failed");
        add(row.poll.is_some(), "has-poll");
        add(row.quote.is_some(), "has-quote");
        let bare = row.text.blocks.is_empty() && row.poll.is_none() && row.quote.is_none();
        add(bare, "textless");
        add(row.text.is_emoji_only() && row.quote.is_none(), "is-jumbo");
        class
    })
    .unwrap_or_default()
}
