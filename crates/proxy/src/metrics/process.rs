use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use std::fs;

/// Linux tells programs the processor's time in hundredths of a second, whatever the kernel counts in.
const TICKS_IN_A_SECOND: f64 = 100.0;

/// What the system says of this process, under the names that all Prometheus clients use. Nothing where it has no
/// `/proc`.
pub fn register(registry: &mut Registry) {
    let of_process = registry.sub_registry_with_prefix("process");
    if let Some(bytes) = resident_bytes() {
        of_process.register_with_unit(
            "resident_memory",
            "Memory that is in use",
            Unit::Bytes,
            ConstGauge::new(bytes),
        );
    }
    if let Some(open) = open_files() {
        of_process.register("open_fds", "Open files and sockets", ConstGauge::new(open));
    }
    if let Some(most) = most_files().and_then(|most| i64::try_from(most).ok()) {
        of_process.register(
            "max_fds",
            "How many files and sockets may be open",
            ConstGauge::new(most),
        );
    }
    if let Some(seconds) = processor_seconds() {
        of_process.register_with_unit(
            "cpu",
            "Time of the processor",
            Unit::Seconds,
            ConstCounter::new(seconds),
        );
    }
}

fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: i64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1_024)
}

fn open_files() -> Option<i64> {
    i64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}

/// The soft limit; nothing where there is none.
pub fn most_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn processor_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name comes before, in brackets, and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut ticks = fields.split(' ').skip(11);
    let user: f64 = ticks.next()?.parse().ok()?;
    let system: f64 = ticks.next()?.parse().ok()?;
    Some((user + system) / TICKS_IN_A_SECOND)
}
