//! Whose address a request comes from: the peer's, unless the peer is a proxy that is trusted to say (ACC-05).

use actix_web::http::header::{HeaderMap, HeaderValue};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The nearest address that is not a trusted proxy's. What a client writes into `X-Forwarded-For` itself stands left of
/// what proxies add, so the list is read from the right.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut address = peer.to_canonical();
    if !is_trusted(&address) {
        return address;
    }
    let lines: Vec<&HeaderValue> = headers.get_all("x-forwarded-for").collect();
    // A line that is no text is one hop that cannot be read.
    let hops = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for hop in hops {
        let Some(hop) = hop_address(hop) else { break };
        address = hop.to_canonical();
        if !is_trusted(&address) {
            break;
        }
    }
    address
}

/// Reads an address as proxies write it: bare, with a port, in brackets, in quotes.
fn hop_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"').trim();
    let in_brackets = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    in_brackets.unwrap_or(text).parse::<IpAddr>().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::hop_address;

    #[test]
    fn the_address_of_a_hop_is_read_in_every_form_that_proxies_write() {
        for text in ["203.0.113.6", " 203.0.113.6 ", "203.0.113.6:4711", "\"203.0.113.6:4711\""] {
            assert_eq!(hop_address(text), "203.0.113.6".parse().ok(), "{text}");
        }
        for text in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711", "\" [2001:db8::1]:4711 \""] {
            assert_eq!(hop_address(text), "2001:db8::1".parse().ok(), "{text}");
        }
        for text in ["", "unknown", "_hidden", "203.0.113.6:", "203.0.113.6:x", "203.0.113", "[203.0.113.6", "a.example:1"] {
            assert_eq!(hop_address(text), None, "{text}");
        }
    }
}
