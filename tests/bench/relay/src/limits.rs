use crate::LoadError;

/// What else is open besides the measured sockets.
pub const OTHER_FILES: usize = 200;

/// Whether a process may have so many sockets. The servers inherit the same limit from whoever started them.
pub fn check(sockets: usize) -> Result<(), LoadError> {
    let path = "/proc/self/limits";
    let text = std::fs::read_to_string(path).map_err(|source| LoadError::File {
        path: path.to_owned(),
        source,
    })?;
    match open_files(&text) {
        Some(limit) if sockets + OTHER_FILES > limit => Err(LoadError::OpenFiles {
            wanted: sockets,
            limit,
        }),
        _ => Ok(()),
    }
}

/// The soft limit; nothing where there is none.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::open_files;

    #[test]
    fn the_limit_is_read() {
        let text = "Max processes             96371   96371   processes\n\
                    Max open files            1024    524288  files\n";
        assert_eq!(open_files(text), Some(1_024));
        assert_eq!(
            open_files("Max open files  unlimited  unlimited  files"),
            None
        );
    }
}
