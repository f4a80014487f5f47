//! nginx with nchan, which fans out what is published to many websockets: what the proxy's relay is measured beside.

use std::env;
use std::path::{Path, PathBuf};

use super::debian;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};

const MODULE: &str = "usr/lib/nginx/modules/ngx_nchan_module.so";

/// The program and the module that it loads, which are made for each other.
#[derive(Clone, Debug)]
pub struct Nchan {
    /// nginx.
    pub nginx: PathBuf,
    /// The module's file.
    pub module: PathBuf,
}

/// Finds them on the machine, or unpacks Debian's packages into the cache. They are not installed: that would start a
/// web server on port 80.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<Nchan> {
    let unpacked = paths.tools.join("nchan");
    if let Some(nchan) = named().or_else(installed).or_else(|| below(&unpacked)) {
        progress.found(&format!("nginx with nchan ({})", nchan.nginx.display()));
        return Ok(nchan);
    }
    let missing = |reason: String| {
        Error::Missing {
        tool: "nginx with nchan".into(),
        reason,
        advice: "install it (Debian: apt-get install libnginx-mod-nchan), or name the program in NCHAN_NGINX and the \
                 module in NCHAN_MODULE"
            .into(),
    }
    };
    if on_path("apt-get").is_none() || on_path("dpkg-deb").is_none() {
        return Err(missing("packages are only fetched on Debian".into()));
    }
    progress.installing("nginx with nchan", "about 5 s");
    debian::unpack(&["nginx", "libnginx-mod-nchan"], &unpacked, paths)
        .map_err(|error| missing(error.to_string()))?;
    let nchan =
        below(&unpacked).ok_or_else(|| missing("the packages have no such files".into()))?;
    progress.installed();
    Ok(nchan)
}

fn named() -> Option<Nchan> {
    let file = |variable| {
        env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_file())
    };
    Some(Nchan {
        nginx: file("NCHAN_NGINX")?,
        module: file("NCHAN_MODULE")?,
    })
}

fn installed() -> Option<Nchan> {
    let nginx = on_path("nginx")?;
    let module = Path::new("/").join(MODULE);
    module.is_file().then_some(Nchan { nginx, module })
}

fn below(directory: &Path) -> Option<Nchan> {
    let [nginx, module] = ["usr/sbin/nginx", MODULE].map(|file| directory.join(file));
    (nginx.is_file() && module.is_file()).then_some(Nchan { nginx, module })
}
