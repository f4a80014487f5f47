use super::nearest::nearest;
use super::setting::{SECRETS, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::fs;
use toml::de::DeTable;

/// A configuration file.
#[derive(Clone, Copy)]
pub struct SettingsFile<'a> {
    /// Where it is, for what is said of it.
    pub path: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// The settings that somebody made, by their names in the environment.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<&'static str, Made>);

/// Without `Debug`: it may be a secret.
#[derive(Clone)]
struct Made {
    value: String,
    /// Where, if not in the environment.
    place: Option<String>,
}

impl Settings {
    /// Collects settings: what `environment` knows wins over the file. The second half of the answer has a sentence for
    /// everything that can't be understood.
    pub fn collect(
        environment: impl Fn(&str) -> Option<String>,
        file: Option<SettingsFile<'_>>,
    ) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let mut settings = match file {
            Some(file) => Self::of_file(file, &mut problems),
            None => Self::default(),
        };
        let of_environment = |name: &str| {
            let value = environment(name).filter(|value| !value.trim().is_empty())?;
            Some(Made { value, place: None })
        };
        settings
            .0
            .extend(made(of_environment, "the environment", &mut problems));
        (settings, problems)
    }

    fn of_file(file: SettingsFile<'_>, problems: &mut Vec<String>) -> Self {
        let SettingsFile { path, text } = file;
        let (table, lines) = match (text.parse::<toml::Table>(), DeTable::parse(text)) {
            (Ok(table), Ok(spanned)) => {
                let keys = spanned.get_ref().keys();
                let lines =
                    keys.map(|key| (key.get_ref().to_string(), line(text, key.span().start)));
                (table, lines.collect::<BTreeMap<_, _>>())
            }
            (Err(error), _) | (_, Err(error)) => {
                // The parser's own message quotes the line, which may hold a secret.
                let line = error.span().map_or(1, |span| line(text, span.start));
                problems.push(format!("{path}:{line}: this is no valid TOML."));
                return Self::default();
            }
        };
        let mut found = BTreeMap::new();
        for (key, value) in &table {
            let place = format!("{path}:{}", lines.get(key).copied().unwrap_or(1));
            let name = key.to_ascii_uppercase();
            if !is_known(&name) {
                problems.push(format!("{place}: {key:?} is no setting{}", instead(&name)));
            } else if let Some(value) = text_of(value) {
                let place = Some(place);
                found.insert(name, Made { value, place });
            } else {
                problems.push(format!(
                    "{place}: {name} must be a text, a number or a list of texts."
                ));
            }
        }
        Self(made(|name| found.get(name).cloned(), path, problems))
    }

    /// The value of that setting, or its default.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|made| made.value.trim())
            .or_else(|| Setting::named(name)?.default)
    }

    /// Where that setting was made; nothing where it is in the environment, or nowhere.
    pub(super) fn place(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.place.as_deref()
    }
}

/// All settings that `find` has, secrets from the files that it names.
fn made(
    find: impl Fn(&str) -> Option<Made>,
    whose: &str,
    problems: &mut Vec<String>,
) -> BTreeMap<&'static str, Made> {
    let mut settings = BTreeMap::new();
    for Setting { name, .. } in SETTINGS {
        let direct = find(name);
        let in_file = SECRETS
            .contains(name)
            .then(|| find(&format!("{name}_FILE")))
            .flatten();
        let setting = match (direct, in_file) {
            (Some(_), Some(_)) => {
                problems.push(format!(
                    "{name} and {name}_FILE are both in {whose}. Take one of them away."
                ));
                None
            }
            (Some(made), None) => Some(made),
            (None, Some(made)) => secret(name, made.value.trim(), problems),
            (None, None) => None,
        };
        settings.extend(setting.map(|setting| (*name, setting)));
    }
    settings
}

fn secret(name: &str, path: &str, problems: &mut Vec<String>) -> Option<Made> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            problems.push(format!("{path}: {name}_FILE is empty."));
            None
        }
        Ok(value) => Some(Made {
            value,
            place: Some(path.to_owned()),
        }),
        Err(error) => {
            problems.push(format!("{path}: {name}_FILE can't be read: {error}."));
            None
        }
    }
}

/// Whether that is a setting, or names the file of one.
fn is_known(name: &str) -> bool {
    Setting::named(name).is_some()
        || name
            .strip_suffix("_FILE")
            .is_some_and(|name| SECRETS.contains(&name))
}

/// What is wrong with the names in the environment: one that is almost a setting's is a slip, and who made it believes
/// that it counts. Others belong to other programs.
pub fn slips(names: impl Iterator<Item = String>) -> Vec<String> {
    let ours = names.filter(|name| name.starts_with("WHOP_") && !is_known(name));
    let slips = ours.filter_map(|name| {
        let meant = nearest(&name)?;
        Some(format!(
            "{name} in the environment is no setting; did you mean {meant}?"
        ))
    });
    slips.collect()
}

fn instead(name: &str) -> String {
    match nearest(name) {
        Some(meant) => format!("; did you mean {}?", meant.to_ascii_lowercase()),
        None => "; `proxy --help` lists all.".to_owned(),
    }
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => items
            .iter()
            .map(toml::Value::as_str)
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(",")),
        _ => None,
    }
}

fn line(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.matches('\n').count() + 1
}
