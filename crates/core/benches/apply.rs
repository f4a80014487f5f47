//! How fast a conversation takes messages in: from JSON to rows that can be drawn.

use chat_core::{
    Chat, Effect, Event, HttpOutcome, Identity, Moment, Options, RequestId, SocketEvent, SocketId,
};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use std::hint::black_box;
use std::time::Duration;

mod channel;
#[path = "../tests/harness/mod.rs"]
mod harness;

const COUNT: usize = 10_000;
const PAGE: usize = 100;

/// A chat that does nothing but take in.
struct Taking {
    chat: Chat,
    request: Option<RequestId>,
    socket: Option<SocketId>,
}

impl Taking {
    fn new() -> Self {
        let options = Options {
            channel: harness::CHANNEL.into(),
            identity: Identity::Whop,
            page_can_assert: false,
            utc_offset_minutes: 0,
            fold: str::to_uppercase,
        };
        let mut taking = Self {
            chat: Chat::new(options),
            request: None,
            socket: None,
        };
        taking.feed(Event::Opened);
        taking
    }

    fn feed(&mut self, event: Event) {
        let now = Moment {
            unix_millis: harness::START,
            random: 1,
        };
        for effect in self.chat.update(event, now).0 {
            match effect {
                Effect::Http(id, _) => self.request = Some(id),
                Effect::OpenSocket { socket, .. } => self.socket = Some(socket),
                _ => {}
            }
        }
    }

    fn answer(&mut self, body: &str) {
        if let Some(request) = self.request.take() {
            let outcome = HttpOutcome::Answered {
                status: 200,
                body: body.to_owned(),
                retry_after_millis: None,
            };
            self.feed(Event::Http(request, outcome));
        }
    }

    /// Draws every row once, as a reader does who scrolls through all of them.
    fn draw(&self) -> usize {
        let rows = self.chat.rows();
        rows.iter()
            .filter(|row| black_box(self.chat.row(**row)).is_some())
            .count()
    }
}

/// The pages from the newest to the oldest; the first is a session's.
fn pages() -> Vec<String> {
    let messages = channel::messages(COUNT);
    let all: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(at, message)| {
            let content = message.content.as_deref().unwrap_or_default();
            let second = i64::try_from(at).unwrap_or_default();
            harness::message(&message.id, &message.user_id, second, content)
        })
        .rev()
        .collect();
    let pages = all.chunks(PAGE).collect::<Vec<_>>();
    let last = pages.len() - 1;
    let bodies = pages.iter().enumerate().map(|(at, messages)| {
        let cursor = (at < last).then_some("older");
        match at {
            0 => harness::session(messages, cursor, harness::START, 3_600_000),
            _ => harness::page(messages, cursor),
        }
    });
    bodies.map(|body| body.to_string()).collect()
}

fn frames() -> Vec<String> {
    let messages = channel::messages(COUNT);
    let posts = messages.iter().enumerate().map(|(at, message)| {
        let content = message.content.as_deref().unwrap_or_default();
        let second = i64::try_from(at).unwrap_or_default();
        harness::post(&message.id, &message.user_id, second, content)
    });
    posts.map(|post| post.to_string()).collect()
}

fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply 10,000 messages");
    group.sample_size(10);
    group.throughput(Throughput::Elements(COUNT as u64));
    let pages = pages();
    let read = |taking: &mut Taking| {
        for (at, page) in pages.iter().enumerate() {
            if at > 0 {
                taking.feed(Event::ReachedOldest);
            }
            taking.answer(page);
        }
    };
    group.bench_function("pages of history", |bencher| {
        bencher.iter_batched_ref(Taking::new, read, BatchSize::PerIteration);
    });
    let mut read_once = Taking::new();
    read(&mut read_once);
    assert_eq!(read_once.draw(), COUNT, "all of them were taken in");
    group.bench_function("pages of history, and every row for drawing", |bencher| {
        bencher.iter_batched_ref(
            Taking::new,
            |taking| {
                read(taking);
                taking.draw()
            },
            BatchSize::PerIteration,
        );
    });
    let frames = frames();
    let session = harness::session(&[], None, harness::START, 3_600_000).to_string();
    let live = || {
        let mut taking = Taking::new();
        taking.answer(&session);
        if let Some(socket) = taking.socket {
            taking.feed(Event::Socket(socket, SocketEvent::Opened));
        }
        taking.answer(&harness::page(&[], None).to_string());
        taking
    };
    group.bench_function("live frames", |bencher| {
        bencher.iter_batched_ref(
            live,
            |taking| {
                for frame in &frames {
                    if let Some(socket) = taking.socket {
                        let received = SocketEvent::Received(frame.clone());
                        taking.feed(Event::Socket(socket, received));
                    }
                }
                assert_eq!(taking.chat.rows().len(), COUNT);
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1));
    targets = apply
}
criterion_main!(benches);
