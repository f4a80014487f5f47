//! How fast texts become parts.

use chat_core::text::{Context, parse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::{Duration, Instant};

mod channel;
#[path = "../tests/text_nasty/mod.rs"]
mod text_nasty;

fn channel_of_5_000(criterion: &mut Criterion) {
    let bodies = channel::bodies(5_000);
    let mut group = criterion.benchmark_group("text::parse, the channel of 5,000");
    group.throughput(Throughput::ElementsAndBytes {
        elements: bodies.len() as u64,
        bytes: bodies.iter().map(|body| body.len() as u64).sum(),
    });
    group.bench_function("each by itself", |bencher| {
        bencher.iter(|| {
            for body in &bodies {
                black_box(parse(black_box(body), &Context::default()));
            }
        });
    });
    group.finish();
}

/// X4: 5 kB of anything under 10 ms.
fn slowest_5_kb(criterion: &mut Criterion) {
    let spent = |bomb: &str| {
        let start = Instant::now();
        black_box(parse(bomb, &Context::default()));
        start.elapsed()
    };
    let bombs = text_nasty::bombs(5_000);
    let slowest = bombs.iter().max_by_key(|bomb| spent(bomb).min(spent(bomb)));
    if let Some(bomb) = slowest {
        let name: String = bomb
            .chars()
            .take(16)
            .flat_map(char::escape_default)
            .collect();
        criterion.bench_function(
            &format!("text::parse, the slowest 5 kB ({name}…)"),
            |bencher| {
                bencher.iter(|| black_box(parse(black_box(bomb), &Context::default())));
            },
        );
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    targets = channel_of_5_000, slowest_5_kb
}
criterion_main!(benches);
