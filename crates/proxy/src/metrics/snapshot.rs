use super::{PREFIX, process};
use crate::Proxy;
use crate::reads::FlightCounts;
use crate::relay::Link;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Read {
    what: &'static str,
    by: &'static str,
}

/// What the parts of the proxy say of themselves at this moment.
pub fn of(proxy: &Proxy) -> Registry {
    let mut registry = Registry::default();
    process::register(&mut registry);
    let own = registry.sub_registry_with_prefix(PREFIX);
    visitors(own, proxy);
    upstream(own, proxy);
    registry
}

fn visitors(own: &mut Registry, proxy: &Proxy) {
    let hub = proxy.relay.hub();
    let (heard, delivered) = hub.frames();
    gauge(own, "sockets", "Websockets that listen", proxy.listeners());
    gauge(
        own,
        "connections",
        "Connections that are open, websockets among them",
        proxy.connections.open(),
    );
    gauge(
        own,
        "draining",
        "1 while the proxy stops",
        usize::from(proxy.connections.is_draining()),
    );
    counter(
        own,
        "frames_heard",
        "Frames for a channel that is listened to",
        heard,
    );
    counter(
        own,
        "frames_delivered",
        "Frames that were written to websockets",
        delivered,
    );
    counter(
        own,
        "slow_readers",
        "Websockets that were told to connect anew, since they read too slowly",
        hub.overflows(),
    );
}

fn upstream(own: &mut Registry, proxy: &Proxy) {
    let link = Family::<State, Gauge>::default();
    for possible in Link::ALL {
        let state = State {
            state: possible.name(),
        };
        link.get_or_create(&state)
            .set(i64::from(possible == proxy.relay.link()));
    }
    own.register(
        "upstream_socket",
        "How live updates come in: 1 for what is true",
        link,
    );

    let key = proxy.schedule.counts();
    gauge(
        own,
        "upstream_waiting",
        "Calls with the key that wait for their turn",
        key.waiting,
    );
    counter(
        own,
        "upstream_granted",
        "Calls with the key that had their turn",
        key.granted,
    );
    counter(
        own,
        "upstream_put_off",
        "Calls with the key that were put off, since too many waited",
        key.refused,
    );
    counter(
        own,
        "upstream_held",
        "Times at which Whop said 429 to the key",
        key.held,
    );

    let reads = Family::<Read, Counter>::default();
    let counts = proxy.reads.counts();
    for (what, FlightCounts { asked, shared }) in [
        ("channels", counts.channels),
        ("pages", counts.pages),
        ("access", counts.access),
    ] {
        for (by, count) in [("asking", asked), ("sharing", shared)] {
            reads.get_or_create(&Read { what, by }).inc_by(count);
        }
    }
    own.register(
        "reads",
        "What visitors read, by asking Whop or by sharing what is known",
        reads,
    );
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: usize) {
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    registry.register(name, help, ConstGauge::new(value));
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    registry.register(name, help, ConstCounter::new(value));
}
