//! Who a client is on the network. What proxies say of it counts only when they are trusted: everybody else can write the
//! same headers.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::{FORWARDED, HOST, HeaderMap, HeaderName, VIA};
use ipnet::{IpNet, Ipv4Net};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// How many hops of a header are looked at, from the nearest on.
const MOST_HOPS: usize = 32;

/// Prefix under which IPv6 holds the addresses of IPv4, in bits.
const MAPPED_BITS: u8 = 96;

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
            let read = part.parse().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from));
            let what = match read.map(folded) {
                None => "neither an address nor a network",
                Some(network) if network.prefix_len() == 0 => {
                    "every address there is, so that each client could choose its own"
                }
                Some(network) => return Ok(network),
            };
            Err(format!("{part:?} is {what}; write such as 10.0.0.0/8, 192.0.2.7 or fd00::/8"))
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

/// A network of IPv4 in the clothes of IPv6 is undressed, as addresses are.
fn folded(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network.trunc() else { return network };
    let mapped = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED_BITS));
    mapped.and_then(|(address, bits)| Ipv4Net::new(address, bits).ok()).map_or(network, IpNet::V4)
}

/// The address of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    address: IpAddr,
    local: bool,
}

impl ClientAddress {
    /// Reads who sent a request, and whether what its proxy says of it counts.
    pub(super) fn behind(
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
        proxies: &TrustedProxies,
    ) -> (Self, bool) {
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical();
        let any = |names: &[HeaderName]| names.iter().any(|name| headers.contains_key(name));
        let forwarded = any(&[FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_HOST]);
        let local = peer.is_loopback() && !forwarded && !any(&[FORWARDED, VIA, REAL_IP]);
        let trusted = proxies.trust(peer);
        if forwarded && !trusted {
            warn(peer);
        }
        let address = if trusted { client(peer, headers, proxies) } else { peer };
        (Self { address, local }, trusted)
    }

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

    /// Whether the request was made on this very machine and no header shows that it was passed on. A proxy on this machine,
    /// trusted or not, makes nobody local, whatever can be read of what it says.
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
        let (client, trusted) = ClientAddress::behind(peer, headers, proxies);
        let https = trusted
            && last(headers, &FORWARDED_PROTO).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        let host = last(headers, &FORWARDED_HOST).filter(|_| trusted);
        let host = host.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok())).map(str::to_owned);
        Self { client, secure: behind_tls || https, host }
    }
}

/// The nearest address that is no proxy of ours. What lies behind it was written by that client itself.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
    let mut nearest = peer;
    // By bytes and not as text: what a client wrote must not make unreadable what the proxy added to it.
    let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops.take(MOST_HOPS) {
        let Some(address) = std::str::from_utf8(hop).ok().and_then(|hop| hop_address(hop.trim())) else {
            break;
        };
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
    let value = headers.get_all(name).last()?.as_bytes().rsplit(|byte| *byte == b',').next()?;
    std::str::from_utf8(value).ok().map(str::trim).filter(|value| !value.is_empty())
}

/// Told once: it is a setting that is missing, or somebody who tries. The address of a visitor is nobody's business, so only
/// one that no visitor from outside can have is told.
fn warn(peer: IpAddr) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let near = match peer {
            IpAddr::V4(peer) => peer.is_loopback() || peer.is_private() || peer.is_link_local(),
            IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local() || peer.is_unicast_link_local(),
        };
        tracing::warn!(
            peer = near.then(|| peer.to_string()).as_deref().unwrap_or("an address outside"),
            "X-Forwarded headers of a peer that is not trusted are ignored; name your proxies with --trusted-proxies \
             (MASTHEAD_TRUSTED_PROXIES)"
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
    fn bytes_that_are_no_text_do_not_hide_what_the_proxy_added() {
        let from = |line: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
            headers.append(FORWARDED_PROTO, HeaderValue::from_bytes(b"\xff, HTTPS").unwrap());
            let proxies = TrustedProxies::parse("127.0.0.1").unwrap();
            Origin::of(Some(SocketAddr::from(([127, 0, 0, 1], 4711))), &headers, &proxies, false)
        };
        assert_eq!(from(b"\xff, 203.0.113.9").client.to_string(), "203.0.113.9");
        assert!(from(b"\xff, 203.0.113.9").secure);
        assert_eq!(from(b"198.51.100.1, \xff").client.to_string(), "127.0.0.1");
    }

    #[test]
    fn no_hop_is_read_as_more_than_it_is() {
        for bad in [
            "for=unknown",
            "for=198.51.100.1",
            "_hidden",
            "",
            " ",
            "1.2.3",
            "01.2.3.4",
            "1.2.3.4.5",
            "1.2.3.4:99999",
            "1.2.3.4/32",
            "[::1",
            "::1]:5",
            "fe80::1%eth0",
            "localhost",
            "198.51.100.1;198.51.100.2",
        ] {
            let line: &'static str = format!("198.51.100.1,{bad},10.0.0.7").leak();
            let found = origin("10.0.0.1", "10.0.0.0/8", &[("x-forwarded-for", line)]).client;
            assert_eq!(found.to_string(), "10.0.0.7", "{bad:?}");
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
        assert!(!origin("192.0.2.7", "", &[("x-forwarded-for", "127.0.0.1")]).client.is_local());
        // A proxy on this machine: named or not, and whatever it says.
        for name in
            ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via", "x-real-ip"]
        {
            for (proxies, value) in [("", "192.0.2.7"), ("127.0.0.1", "unknown"), ("127.0.0.1", "127.0.0.1")]
            {
                let found = origin("127.0.0.1", proxies, &[(name, value)]).client;
                assert!(!found.is_local(), "{name}: {value} from {proxies:?}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for bad in ["nonsense", "10.0.0.0/33", "10.0.0.1, proxy.example.org"] {
            assert!(TrustedProxies::parse(bad).is_err_and(|text| text.contains("10.0.0.0/8")), "{bad}");
        }
        for all in ["0.0.0.0/0", "::/0", "8.8.8.8/0", "::ffff:0.0.0.0/96"] {
            assert!(TrustedProxies::parse(all).is_err_and(|text| text.contains("every address")), "{all}");
        }
        assert_eq!(TrustedProxies::parse(" ,"), Ok(TrustedProxies::default()));
        let mapped = TrustedProxies::parse("::ffff:10.0.0.0/104").unwrap();
        assert!(mapped.trust("10.9.9.9".parse().unwrap()) && !mapped.trust("11.0.0.1".parse().unwrap()));
    }
}
