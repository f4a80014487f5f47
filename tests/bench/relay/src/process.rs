use crate::LoadError;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Linux tells programs of CPU time in hundredths of a second, whatever it counts in.
const TICKS_PER_SECOND: f64 = 100.0;
const OWN_NAME: &str = "generator";

/// Processes that are looked at, by what they are called. Several may be called the same: they count together.
#[derive(Debug, Default)]
pub struct Watched {
    pids: BTreeMap<String, Vec<String>>,
}

/// What the watched had taken of the CPU at some moment, in seconds; this program among them.
#[derive(Debug)]
pub struct Cpu(BTreeMap<String, f64>);

impl Watched {
    /// Adds one, named `NAME=PID`.
    pub fn add(&mut self, text: &str) -> Result<(), LoadError> {
        let (name, pid) = text
            .split_once('=')
            .filter(|(_, pid)| pid.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| LoadError::Other(format!("{text:?} is not NAME=PID")))?;
        let pids = self.pids.entry(name.to_owned()).or_default();
        pids.push(pid.to_owned());
        Ok(())
    }

    /// What they have taken of the CPU until now.
    pub fn cpu(&self) -> Result<Cpu, LoadError> {
        let own = [(OWN_NAME.to_owned(), cpu_seconds("self")?)];
        let others = self.pids.iter().map(|(name, pids)| {
            let seconds = pids
                .iter()
                .map(|pid| cpu_seconds(pid))
                .sum::<Result<f64, LoadError>>()?;
            Ok((name.clone(), seconds))
        });
        let all: Result<BTreeMap<_, _>, LoadError> =
            own.into_iter().map(Ok).chain(others).collect();
        all.map(Cpu)
    }

    /// What they have taken since then, in seconds.
    pub fn cpu_since(&self, before: &Cpu) -> Result<Value, LoadError> {
        let spent = self.cpu()?.0.into_iter().map(|(name, now)| {
            let spent = now - before.0.get(&name).copied().unwrap_or_default();
            (name, json!((spent * 100.0).round() / 100.0))
        });
        Ok(Value::Object(spent.collect::<Map<_, _>>()))
    }

    /// How much memory those of that name have, in bytes; what several processes share counts in parts (PSS).
    pub fn memory(&self, name: &str) -> Result<u64, LoadError> {
        let pids = self.pids.get(name).map(Vec::as_slice).unwrap_or_default();
        let kilobytes = pids.iter().map(|pid| {
            let path = format!("/proc/{pid}/smaps_rollup");
            let text = read(&path)?;
            pss(&text).ok_or_else(|| LoadError::Other(format!("{path} says nothing of Pss")))
        });
        Ok(kilobytes.sum::<Result<u64, LoadError>>()? * 1_024)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pids.keys().map(String::as_str)
    }
}

fn read(path: &str) -> Result<String, LoadError> {
    std::fs::read_to_string(path).map_err(|source| LoadError::File {
        path: path.to_owned(),
        source,
    })
}

fn pss(smaps: &str) -> Option<u64> {
    let line = smaps.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn cpu_seconds(pid: &str) -> Result<f64, LoadError> {
    let path = format!("/proc/{pid}/stat");
    let text = read(&path)?;
    let ticks =
        ticks(&text).ok_or_else(|| LoadError::Other(format!("{path} can't be understood")))?;
    Ok(f64::from(ticks) / TICKS_PER_SECOND)
}

/// User's and system's time: the 14th and the 15th field, counted after the name, which may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_files_are_read() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 9 0 0 0 120 34 0 0 20 0 1 0 5";
        assert_eq!(ticks(stat), Some(154));
        assert_eq!(
            pss("Rss:  99 kB\nPss:        42 kB\nPss_Anon: 7 kB\n"),
            Some(42)
        );
    }

    #[test]
    fn one_can_watch_this_very_process() {
        let mut watched = Watched::default();
        watched.add(&format!("me={}", std::process::id())).unwrap();
        assert!(watched.memory("me").unwrap() > 0);
        let before = watched.cpu().unwrap();
        assert!(watched.cpu_since(&before).unwrap()["me"].is_number());
        assert!(watched.add("me").is_err() && watched.add("me=../self").is_err());
    }
}
