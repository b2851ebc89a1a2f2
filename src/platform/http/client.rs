//! Who a client is on the network. What proxies say of it counts only when they are trusted: everybody else can write the
//! same headers.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::{HOST, HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// How many hops of a header are looked at, from the nearest on.
const MOST_HOPS: usize = 32;

/// The proxies whose `X-Forwarded-*` headers count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks, separated by commas, such as `10.0.0.0/8, ::1`.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let network = |part: &str| {
            part.parse().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from)).ok_or_else(|| {
                format!("{part:?} is neither an address nor a network; write such as 10.0.0.0/8, 192.0.2.7 or fd00::/8")
            })
        };
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The address of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    address: IpAddr,
    local: bool,
}

impl ClientAddress {
    /// The address itself; an IPv4 address in the clothes of IPv6 is undressed.
    #[must_use]
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// What limits count by: the address, or for IPv6 its network of 64 bits, which one customer has as a whole.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        }
    }

    /// Whether the request was made on this very machine and by no proxy for somebody else.
    #[must_use]
    pub fn is_local(self) -> bool {
        self.local
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.address, f)
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who sent it.
    pub client: ClientAddress,
    /// Whether the client came by https.
    pub secure: bool,
    /// The host that the client asked for, with its port where it is not the usual one.
    pub host: Option<String>,
}

impl Origin {
    /// Reads a request. `behind_tls` says that all clients come by https.
    #[must_use]
    pub fn of(
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
        proxies: &TrustedProxies,
        behind_tls: bool,
    ) -> Self {
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical();
        let forwarded =
            [FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_HOST].iter().any(|name| headers.contains_key(name));
        let trusted = proxies.trust(peer);
        if forwarded && !trusted {
            warn(peer);
        }
        let client = if trusted { client(peer, headers, proxies) } else { peer };
        let https = trusted && last(headers, &FORWARDED_PROTO).is_some_and(|scheme| scheme == "https");
        let host = last(headers, &FORWARDED_HOST).filter(|_| trusted);
        let host = host.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok())).map(str::to_owned);
        Self {
            client: ClientAddress { address: client, local: peer.is_loopback() && client == peer },
            secure: behind_tls || https,
            host,
        }
    }
}

/// The nearest address that is no proxy of ours. What lies behind it was written by that client itself.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).map(|line| line.to_str().unwrap_or("")).collect();
    let mut nearest = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(MOST_HOPS) {
        let Some(address) = hop_address(hop.trim()) else { break };
        nearest = address;
        if !proxies.trust(address) {
            break;
        }
    }
    nearest
}

/// An address, which may have a port: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// What the nearest proxy wrote: the last value of a header that may be a list.
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get_all(name).last()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// Told once: it is a setting that is missing, or somebody who tries.
fn warn(peer: IpAddr) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        tracing::warn!(
            %peer,
            "X-Forwarded headers of a peer that is not trusted are ignored; name your proxies with --trusted-proxies"
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn origin(peer: &str, proxies: &str, pairs: &[(&'static str, &'static str)]) -> Origin {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        Origin::of(Some(peer), &headers, &TrustedProxies::parse(proxies).unwrap(), false)
    }

    #[test]
    fn the_client_is_the_nearest_that_is_no_proxy_of_ours() {
        let far = "x-forwarded-for";
        for (peer, proxies, pairs, client) in [
            // Nobody is trusted: whatever is claimed, the peer is the client.
            ("192.0.2.1", "", &[(far, "203.0.113.9")][..], "192.0.2.1"),
            ("192.0.2.1", "10.0.0.0/8", &[(far, "203.0.113.9")], "192.0.2.1"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "203.0.113.9")], "203.0.113.9"),
            // What the client wrote itself stands further left, or in an earlier line.
            ("10.0.0.1", "10.0.0.0/8", &[(far, "127.0.0.1, 203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "127.0.0.1"), (far, "203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "198.51.100.1, 203.0.113.9, 10.0.0.2")], "203.0.113.9"),
            // What cannot be read ends the walk at the last that could.
            ("10.0.0.1", "10.0.0.0/8", &[(far, "203.0.113.9, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "203.0.113.9,")], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "")], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.0/8", &[], "10.0.0.1"),
            // All of them ours: the farthest.
            ("10.0.0.1", "10.0.0.0/8", &[(far, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "203.0.113.9:4711")], "203.0.113.9"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "[2001:db8::1]:4711")], "2001:db8::1"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "[2001:db8::1]")], "2001:db8::1"),
            ("10.0.0.1", "10.0.0.0/8", &[(far, "::ffff:203.0.113.9")], "203.0.113.9"),
            ("::ffff:10.0.0.1", "10.0.0.1", &[(far, "203.0.113.9")], "203.0.113.9"),
            ("fd00::1", "fd00::/8,10.0.0.0/8", &[(far, "203.0.113.9, 10.9.9.9")], "203.0.113.9"),
        ] {
            let found = origin(peer, proxies, pairs).client;
            assert_eq!(found.address(), client.parse::<IpAddr>().unwrap(), "{peer} {proxies} {pairs:?}");
        }
    }

    #[test]
    fn a_long_list_of_hops_costs_no_more_than_a_short_one() {
        let hops: &'static str = vec!["10.0.0.9"; 100].join(",").leak();
        assert_eq!(
            origin("10.0.0.1", "10.0.0.0/8", &[("x-forwarded-for", hops)]).client.to_string(),
            "10.0.0.9"
        );
    }

    #[test]
    fn one_network_of_ipv6_is_one_client_and_so_is_one_address_of_ipv4() {
        let network = |peer| origin(peer, "", &[]).client.network();
        assert_eq!(network("2001:db8:0:1::7"), network("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(network("2001:db8:0:1::7"), network("2001:db8:0:2::7"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
    }

    #[test]
    fn scheme_and_host_are_those_that_a_trusted_proxy_saw() {
        let pairs =
            [("host", "inner:8080"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "cms.example.org")];
        let from = |peer| origin(peer, "10.0.0.1", &pairs);
        let (trusted, other) = (from("10.0.0.1"), from("10.0.0.2"));
        assert_eq!((trusted.secure, trusted.host.as_deref()), (true, Some("cms.example.org")));
        assert_eq!((other.secure, other.host.as_deref()), (false, Some("inner:8080")));
        let claimed = origin("10.0.0.1", "10.0.0.1", &[("x-forwarded-proto", "https, http")]);
        assert!(!claimed.secure, "what the client claimed stands left of what the proxy saw");
    }

    #[test]
    fn local_is_who_has_no_proxy_before() {
        assert!(origin("127.0.0.1", "", &[]).client.is_local());
        assert!(origin("::1", "::1", &[]).client.is_local());
        assert!(!origin("127.0.0.1", "127.0.0.1", &[("x-forwarded-for", "192.0.2.7")]).client.is_local());
        assert!(!origin("192.0.2.7", "", &[]).client.is_local());
    }

    #[test]
    fn what_is_no_network_is_named() {
        for bad in ["nonsense", "10.0.0.0/33", "10.0.0.1, proxy.example.org"] {
            assert!(TrustedProxies::parse(bad).is_err_and(|text| text.contains("10.0.0.0/8")), "{bad}");
        }
        assert_eq!(TrustedProxies::parse(" ,"), Ok(TrustedProxies::default()));
    }
}
