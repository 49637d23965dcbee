//! Where requests may go: to addresses of the internet, and to networks that a setting lists. A name is resolved once, and
//! the connection goes to the address that was judged.

use super::reason::{self, Reason};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Whether an address is one of the internet: not of this machine, its networks, or of a range with another purpose.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_reserved = match address.octets() {
        // This network, loopback, multicast and what is reserved above it.
        [0 | 127 | 224..=255, ..] => true,
        // Private networks, carrier-grade NAT, link-local (with the metadata services of clouds).
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] | [169, 254, ..] => true,
        // Protocol assignments, relays, benchmarks, documentation.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !is_reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address) {
        return is_public_v4(inner);
    }
    // Of all ranges only this one is the internet's; without protocol assignments (with Teredo) and documentation.
    match address.segments() {
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// The address of the old kind that one of the new kind stands for: mapped, translated (NAT64), or tunnelled (6to4).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => of(g, h),
        [0x2002, ..] => of(b, c),
        _ => None,
    }
}

/// What may be reached beside the internet.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy {
    pub allowed: Vec<IpNet>,
}

impl Policy {
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        // A mapped address is the same place as the one it stands for.
        let plain = address.to_canonical();
        is_public(address) || self.allowed.iter().any(|network| network.contains(&plain))
    }

    /// The addresses of a host that may be reached. One look at the name; who connects uses what it found.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Reason> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let found: Vec<SocketAddr> = match literal {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port)).await.map_err(|_| reason::NAME_NOT_FOUND)?.collect(),
        };
        if found.is_empty() {
            return Err(reason::NAME_NOT_FOUND);
        }
        // One bad address among good ones is no accident.
        if found.iter().any(|address| !self.allows(address.ip())) {
            return Err(reason::ADDRESS_REFUSED);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_reached() {
        #[rustfmt::skip]
        let table = [
            ("93.184.216.34", true), ("1.1.1.1", true), ("172.15.255.255", true), ("172.32.0.1", true), ("100.63.255.255", true),
            ("100.128.0.1", true), ("192.0.1.1", true), ("198.17.0.1", true), ("223.255.255.255", true),
            ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("127.0.0.1", false), ("127.255.255.254", false),
            ("100.64.0.1", false), ("100.127.255.255", false), ("169.254.169.254", false), ("172.16.0.1", false), ("172.31.255.255", false),
            ("192.0.0.1", false), ("192.0.2.1", false), ("192.88.99.1", false), ("192.168.1.1", false), ("198.18.0.1", false),
            ("198.19.255.255", false), ("198.51.100.1", false), ("203.0.113.1", false), ("224.0.0.1", false), ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true), ("2a00:1450:4001::1", true),
            ("::", false), ("::1", false), ("fe80::1", false), ("febf::1", false), ("fc00::1", false), ("fd12:3456::1", false),
            ("ff02::1", false), ("2001:db8::1", false), ("2001::1", false), ("3fff::1", false), ("fec0::1", false), ("100::1", false),
            ("::ffff:127.0.0.1", false), ("::ffff:10.0.0.1", false), ("::ffff:169.254.169.254", false), ("::ffff:1.1.1.1", true),
            ("::127.0.0.1", false), ("64:ff9b::10.0.0.1", false), ("64:ff9b::1.1.1.1", true), ("64:ff9b:1::10.0.0.1", false),
            ("2002:7f00:1::", false), ("2002:a9fe:a9fe::", false), ("2002:101:101::", true),
        ];
        for (address, expected) in table {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn a_listed_network_is_reached_and_nothing_beside_it() {
        let policy = Policy { allowed: vec!["10.1.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()] };
        for (address, expected) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("127.0.0.1", false),
            ("fd00:1::5", true),
            ("fd00:2::5", false),
        ] {
            assert_eq!(policy.allows(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[tokio::test]
    async fn names_are_judged_by_what_they_stand_for() {
        let nothing_listed = Policy::default();
        assert_eq!(nothing_listed.resolve("localhost", 80).await, Err(reason::ADDRESS_REFUSED));
        assert_eq!(nothing_listed.resolve("[::1]", 80).await, Err(reason::ADDRESS_REFUSED));
        assert_eq!(nothing_listed.resolve("no-such-host.invalid", 80).await, Err(reason::NAME_NOT_FOUND));
        let loopback = Policy { allowed: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()] };
        let found = loopback.resolve("127.0.0.1", 8080).await.unwrap();
        assert_eq!(found, ["127.0.0.1:8080".parse().unwrap()]);
    }
}
