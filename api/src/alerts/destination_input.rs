//! What somebody says of a destination, checked: what its kind needs is there, what it does not know is not, and what can be
//! seen to lead to a refused address is refused at once.

use super::Outbox;
use super::destination::{DestinationKind, Settings, SmtpTls};
use crate::error::{Error, FieldError, Result};
use lettre::message::Mailbox;
use reqwest::Url;

/// Members of a request; what is left out is none.
#[derive(Debug, Clone, Default)]
pub struct DestinationInput {
    /// Address of a webhook or of a Teams channel.
    pub url: Option<String>,
    /// What signs requests to a webhook.
    pub secret: Option<String>,
    /// Host of the mail server.
    pub smtp_host: Option<String>,
    /// Its port.
    pub smtp_port: Option<u16>,
    /// How the connection is protected.
    pub smtp_tls: Option<SmtpTls>,
    /// Who signs in there; an empty one: nobody.
    pub smtp_username: Option<String>,
    /// Their password.
    pub smtp_password: Option<String>,
    /// Sender of the mails.
    pub from: Option<String>,
    /// Their recipients.
    pub to: Option<Vec<String>>,
}

/// What will be stored.
#[derive(Debug)]
pub(super) struct Checked {
    pub address: String,
    pub settings: Settings,
    /// What becomes of the secret.
    pub secret: Secret,
}

/// What becomes of the secret that is there.
#[derive(Debug)]
pub(super) enum Secret {
    Keep,
    Replace(String),
    Remove,
}

/// What is there already, of a destination that is changed.
pub(super) struct Present {
    pub address: String,
    pub settings: Settings,
}

/// Checks the input of a new destination, or of one that is changed. Errors: 422 with a pointer for each thing wrong.
pub(super) fn check(
    outbox: &Outbox,
    kind: DestinationKind,
    input: DestinationInput,
    present: Option<Present>,
) -> Result<Checked> {
    let mut wrong = Wrong(Vec::new());
    wrong.refuse_foreign(kind, &input);
    let checked = match kind {
        DestinationKind::Teams => teams(outbox, &mut wrong, input, present),
        DestinationKind::Webhook => webhook(outbox, &mut wrong, input, present),
        DestinationKind::Email => email(outbox, &mut wrong, input, present),
    };
    if wrong.0.is_empty() { Ok(checked) } else { Err(Error::invalid(wrong.0)) }
}

/// The address of a Teams channel is itself the secret.
fn teams(outbox: &Outbox, wrong: &mut Wrong, input: DestinationInput, present: Option<Present>) -> Checked {
    let url = input.url.and_then(|text| wrong.url(outbox, &text).map(|url| (url, text)));
    let present = present.map(|present| present.address);
    if url.is_none() && present.is_none() {
        wrong.required("url", "The address of the channel's incoming webhook is expected.");
    }
    let address = url.as_ref().map(|(url, _)| format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()));
    Checked {
        address: address.or(present).unwrap_or_default(),
        settings: Settings::default(),
        secret: url.map_or(Secret::Keep, |(_, text)| Secret::Replace(text)),
    }
}

fn webhook(outbox: &Outbox, wrong: &mut Wrong, input: DestinationInput, present: Option<Present>) -> Checked {
    if let Some(text) = &input.url {
        wrong.url(outbox, text);
    }
    let before = present.and_then(|present| present.settings.url);
    let is_elsewhere = input.url.as_ref().is_some_and(|url| before.as_ref() != Some(url));
    let url = input.url.or(before);
    if url.is_none() {
        wrong.required("url", "The address that requests go to is expected.");
    }
    match &input.secret {
        Some(secret) if !(16..=256).contains(&secret.len()) || !secret.bytes().all(|b| b.is_ascii_graphic()) => {
            wrong.add("secret", "length", "16 to 256 visible ASCII characters are expected.");
        }
        // A secret that stays goes to no other address than the one it was given for.
        None if is_elsewhere => {
            wrong.required("secret", "The secret that signs requests is expected, and anew when the address changes.");
        }
        _ => {}
    }
    let settings = Settings { url: url.clone(), ..Settings::default() };
    Checked {
        address: url.as_deref().map(shown).unwrap_or_default(),
        settings,
        secret: input.secret.map_or(Secret::Keep, Secret::Replace),
    }
}

/// Shortens an address to what people may see of it: where it leads, and the last characters of a path or query that is long
/// enough to tell nothing by them. The rest is often a credential.
fn shown(url: &str) -> String {
    const TELLING: usize = 4;
    const LONG: usize = 20;
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(authority..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| authority + at);
    let (origin, rest) = url.split_at_checked(end).unwrap_or((url, ""));
    match rest.chars().count() {
        0 | 1 => origin.to_owned(),
        length => {
            let last: String = rest.chars().skip(length - TELLING.min(length)).filter(|_| length >= LONG).collect();
            format!("{origin}/{HIDDEN}{last}")
        }
    }
}

/// Stands for what is not shown of an address.
const HIDDEN: char = '…';

fn email(outbox: &Outbox, wrong: &mut Wrong, input: DestinationInput, present: Option<Present>) -> Checked {
    let before = present.map(|present| present.settings);
    let old = before.clone().unwrap_or_default();
    let settings = Settings {
        url: None,
        smtp_host: input.smtp_host.or(old.smtp_host),
        smtp_port: input.smtp_port.or(old.smtp_port),
        smtp_tls: input.smtp_tls.or(old.smtp_tls),
        smtp_username: input.smtp_username.or(old.smtp_username).filter(|name| !name.is_empty()),
        from: input.from.or(old.from),
        to: input.to.unwrap_or(old.to),
    };
    wrong.mail_server(outbox, &settings);
    wrong.mailboxes(&settings);
    let signs_in = settings.smtp_username.is_some();
    let (username, password) = ("smtp_username", "smtp_password");
    if signs_in && settings.smtp_tls == Some(SmtpTls::None) {
        wrong.add(username, "value", "A user name goes along with TLS only: leave it out, or choose implicit or starttls.");
    }
    // A password that stays goes to no other server than the one it was given for.
    let is_same_server = before.as_ref().is_some_and(|old| {
        (&old.smtp_host, old.smtp_port, old.smtp_tls, &old.smtp_username)
            == (&settings.smtp_host, settings.smtp_port, settings.smtp_tls, &settings.smtp_username)
    });
    let secret = match (signs_in, input.smtp_password) {
        (true, Some(text)) if (1..=500).contains(&text.len()) => Secret::Replace(text),
        (true, Some(_)) => {
            wrong.add(password, "length", "1 to 500 bytes are expected.");
            Secret::Keep
        }
        (true, None) if is_same_server => Secret::Keep,
        (true, None) => {
            wrong.required(password, "The password is expected with a user name, and anew when server or user name change.");
            Secret::Keep
        }
        (false, Some(_)) => {
            wrong.add(password, "value", "A password goes along with a user name only.");
            Secret::Keep
        }
        (false, None) => Secret::Remove,
    };
    let host = settings.smtp_host.as_deref().unwrap_or_default();
    let address = format!("{} by {host}:{}", settings.to.join(", "), settings.smtp_port.unwrap_or_default());
    Checked { address, settings, secret }
}

/// What has been found wrong so far.
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, name: &str, code: &str, message: &str) {
        self.0.push(FieldError { pointer: format!("/{name}"), code: code.to_owned(), message: message.to_owned() });
    }

    fn required(&mut self, name: &str, message: &str) {
        self.add(name, "required", message);
    }

    /// Members that the kind does not know.
    fn refuse_foreign(&mut self, kind: DestinationKind, input: &DestinationInput) {
        let is_mail = kind == DestinationKind::Email;
        let given = [
            ("url", input.url.is_some(), !is_mail),
            ("secret", input.secret.is_some(), kind == DestinationKind::Webhook),
            ("smtp_host", input.smtp_host.is_some(), is_mail),
            ("smtp_port", input.smtp_port.is_some(), is_mail),
            ("smtp_tls", input.smtp_tls.is_some(), is_mail),
            ("smtp_username", input.smtp_username.is_some(), is_mail),
            ("smtp_password", input.smtp_password.is_some(), is_mail),
            ("from", input.from.is_some(), is_mail),
            ("to", input.to.is_some(), is_mail),
        ];
        for (name, _, _) in given.into_iter().filter(|(_, is_given, is_known)| *is_given && !is_known) {
            self.add(name, "unknown", &format!("A destination of the kind {} does not have this.", kind.as_str()));
        }
    }

    fn url(&mut self, outbox: &Outbox, text: &str) -> Option<Url> {
        const EXPECTED: &str = "An address as https://hooks.example.com/path is expected, with at most 2000 characters and without a user name or password.";
        let url = Url::parse(text).ok().filter(|url| {
            text.len() <= 2000
                && ["http", "https"].contains(&url.scheme())
                && url.host_str().is_some()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if text.contains(HIDDEN) {
            self.add(
                "url",
                "value",
                "The whole address is expected, not what is shown of it; leave it out to keep the present one.",
            );
            return None;
        }
        let Some(url) = url else {
            self.add("url", "value", EXPECTED);
            return None;
        };
        self.host(outbox, "url", url.host_str().unwrap_or_default());
        Some(url)
    }

    /// An address that is written as numbers can be judged now; what a name stands for is seen each time.
    fn host(&mut self, outbox: &Outbox, name: &str, host: &str) {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        if literal.is_some_and(|address| !outbox.allows(address)) {
            self.add(name, "address", super::reason::ADDRESS_REFUSED.message);
        }
    }

    fn mail_server(&mut self, outbox: &Outbox, settings: &Settings) {
        match &settings.smtp_host {
            None => self.required("smtp_host", "The host of the mail server is expected."),
            Some(host)
                if reqwest::Url::parse(&format!("http://{host}/"))
                    .ok()
                    .and_then(|url| url.host_str().map(|same| same == host.to_lowercase()))
                    != Some(true) =>
            {
                self.add("smtp_host", "value", "A host name or an address is expected, without a port.");
            }
            Some(host) => self.host(outbox, "smtp_host", host),
        }
        if settings.smtp_port.is_none_or(|port| port == 0) {
            self.required("smtp_port", "A port from 1 to 65535 is expected, as 587.");
        }
        if settings.smtp_tls.is_none() {
            self.required("smtp_tls", "implicit, starttls or none is expected.");
        }
        if settings.smtp_username.as_ref().is_some_and(|name| name.len() > 200) {
            self.add("smtp_username", "length", "At most 200 characters are expected.");
        }
    }

    fn mailboxes(&mut self, settings: &Settings) {
        let is_mailbox = |text: &String| text.len() <= 250 && text.parse::<Mailbox>().is_ok();
        match &settings.from {
            None => self.required("from", "The sender's address is expected."),
            Some(from) if !is_mailbox(from) => self.add("from", "value", "An e-mail address is expected, as atlas@example.com."),
            Some(_) => {}
        }
        if !(1..=20).contains(&settings.to.len()) {
            self.add("to", "length", "1 to 20 recipients are expected.");
        }
        for (at, to) in settings.to.iter().enumerate().filter(|(_, to)| !is_mailbox(to)) {
            self.add(&format!("to/{at}"), "value", &format!("An e-mail address is expected; {to:?} is none."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn an_address_is_shown_without_what_may_be_a_credential() {
        for (url, expected) in [
            ("https://hooks.example.com", "https://hooks.example.com"),
            ("https://hooks.example.com:8443/", "https://hooks.example.com:8443"),
            ("https://hooks.example.com/atlas", "https://hooks.example.com/…"),
            ("https://hooks.example.com?token=s3cret", "https://hooks.example.com/…"),
            ("https://hooks.example.com/services/T024/B17/9f3cA7Zq", "https://hooks.example.com/…A7Zq"),
            ("https://hooks.example.com/#0123456789abcdefghij", "https://hooks.example.com/…ghij"),
            ("http://[2001:db8::1]/x", "http://[2001:db8::1]/…"),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }
}
