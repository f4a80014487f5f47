use axum::http::HeaderMap;
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from, as far as it can be known. Of IPv6 only the network, since one household has
/// all of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The operator's own reverse proxies: what they say of where a request comes from is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads an address or a network in CIDR notation.
    pub fn parse(text: &str) -> Option<IpNet> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address.or_else(|_| text.parse()).ok()
    }

    /// Those networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from that this peer sent: the last address of `X-Forwarded-For` that is not one of the
    /// operator's own. What stands before it anybody may have written.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        if !self.contains(peer) {
            if headers.contains_key(FORWARDED_FOR) {
                warn_once();
            }
            return ClientAddress::new(peer);
        }
        let mut client = peer;
        let values = headers.get_all(FORWARDED_FOR).iter().rev();
        let named = values
            .map(|value| value.to_str().unwrap_or_default())
            .flat_map(|value| value.rsplit(','));
        for named in named {
            let Some(address) = address(named.trim()) else {
                break;
            };
            client = address;
            if !self.contains(address) {
                break;
            }
        }
        ClientAddress::new(client)
    }
}

/// Some write the port behind the address.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

/// All visitors of such a proxy would share one limit.
fn warn_once() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            "a peer that is not in WHOP_CHAT_TRUSTED_PROXIES sends X-Forwarded-For; if it is a reverse proxy of yours, add it: its visitors count as one"
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let networks = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"];
        let networks = networks.map(|text| TrustedProxies::parse(text).unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let proxies = TrustedProxies::new(networks.to_vec());
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_own_proxies_are_believed() {
        assert_eq!(client("192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.5", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("::ffff:10.0.0.5", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("fd00::1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_the_visitor_wrote_is_not_believed() {
        let last = "198.51.100.7";
        assert_eq!(client("10.0.0.5", &["203.0.113.9, 198.51.100.7"]), last);
        assert_eq!(
            client("10.0.0.5", &["203.0.113.9, 198.51.100.7, 10.0.0.9"]),
            last
        );
        assert_eq!(
            client("10.0.0.5", &["203.0.113.9", "198.51.100.7,10.0.0.9"]),
            last
        );
        assert_eq!(client("10.0.0.5", &["127.0.0.1, 10.1.1.1"]), "127.0.0.1");
        assert_eq!(client("10.0.0.5", &["198.51.100.7, unknown"]), "10.0.0.5");
        assert_eq!(
            client("10.0.0.5", &["198.51.100.7, unknown, 10.0.0.9"]),
            "10.0.0.9"
        );
        assert_eq!(client("10.0.0.5", &[""]), "10.0.0.5");
    }

    #[test]
    fn of_ipv6_the_network_counts() {
        assert_eq!(client("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(
            client("10.0.0.5", &["[2001:db8:1:2:9::1]:443"]),
            "2001:db8:1:2::"
        );
    }

    #[test]
    fn networks_are_addresses_or_cidr() {
        for text in ["10.0.0.0/8", "::1", "192.0.2.1"] {
            assert!(TrustedProxies::parse(text).is_some(), "{text}");
        }
        for text in ["", "10.0.0.0/33", "localhost", "10.0.0.0-10.0.0.9", "*"] {
            assert!(TrustedProxies::parse(text).is_none(), "{text}");
        }
    }
}
