//! Mail over SMTP: to the address that was judged, encrypted as the destination says, and never less than that.

use super::budget::{Budget, Wrapped};
use super::{Failure, is_of_tls};
use crate::alerts::Outbox;
use crate::alerts::destination::{Settings, SmtpTls};
use crate::alerts::notice::Notice;
use crate::alerts::reason::{self, Reason};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use std::error::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Sends it; the status of the server's last answer.
pub(super) async fn send(outbox: &Outbox, settings: &Settings, password: Option<&str>, notice: &Notice) -> Result<u16, Failure> {
    let mail = mail(settings, notice).ok_or(reason::SMTP_REFUSED)?;
    let hello = ClientId::Domain("tenantatlas".to_owned());
    let mut connection = connect(outbox, settings, &hello).await?;
    if let (Some(username), Some(password)) = (&settings.smtp_username, password) {
        let credentials = Credentials::new(username.clone(), password.to_owned());
        let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
        signed_in.map_err(|error| if error.is_permanent() || error.is_client() { refused(&error) } else { sort(&error) })?;
    }
    let answer = connection.send(mail.envelope(), &mail.formatted()).await.map_err(|error| sort(&error))?;
    // It has been taken; how the parting goes does not matter.
    let _ = connection.quit().await;
    Ok(u16::from(answer.code()))
}

async fn connect(outbox: &Outbox, settings: &Settings, hello: &ClientId) -> Result<AsyncSmtpConnection, Failure> {
    let (host, port) = (settings.smtp_host.as_deref().unwrap_or_default(), settings.smtp_port.unwrap_or(587));
    let addresses = outbox.policy.resolve(host, port).await?;
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|_| reason::CONNECTION_FAILED)?;
    let stream: Box<dyn AsyncTokioStream> = match settings.smtp_tls {
        Some(SmtpTls::Implicit) => {
            let name = ServerName::try_from(host.to_owned()).map_err(|_| reason::TLS_FAILED)?;
            let tls = TlsConnector::from(outbox.tls.clone()).connect(name, Budget::new(stream)).await;
            Box::new(Wrapped(tls.map_err(|error| sort_by_causes(&error))?))
        }
        _ => Box::new(Budget::new(stream)),
    };
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, hello).await;
    let mut connection = greeted.map_err(|error| sort(&error))?;
    if settings.smtp_tls == Some(SmtpTls::Starttls) {
        let parameters = parameters(outbox, host).ok_or(reason::TLS_FAILED)?;
        // Without an answer of the server the fault is ours: it does not offer TLS.
        let begun = connection.starttls(parameters, hello).await;
        begun.map_err(|error| if error.is_client() { reason::TLS_FAILED.into() } else { sort(&error) })?;
    }
    Ok(connection)
}

fn parameters(outbox: &Outbox, host: &str) -> Option<TlsParameters> {
    let extra = outbox.extra_roots.iter().filter_map(|root| Certificate::from_der(root.to_vec()).ok());
    extra.fold(TlsParameters::builder(host.to_owned()), |builder, root| builder.add_root_certificate(root)).build_rustls().ok()
}

/// A text that any reader shows, with the delivery's id as the message's, so that mailboxes drop repeats.
fn mail(settings: &Settings, notice: &Notice) -> Option<Message> {
    let from: Mailbox = settings.from.as_deref()?.parse().ok()?;
    let id = format!("<{}@{}>", notice.uid, from.email.domain());
    let mut builder = Message::builder()
        .from(from)
        .subject(notice.subject())
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN)
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("X-TenantAtlas-Delivery"), notice.uid.clone()));
    for to in &settings.to {
        builder = builder.to(to.parse().ok()?);
    }
    builder.body(text(notice)).ok()
}

fn text(notice: &Notice) -> String {
    let mut text = format!("{}\n\n", notice.title);
    for line in &notice.lines {
        text.push_str(&format!("  - {line}\n"));
    }
    if !notice.lines.is_empty() {
        text.push('\n');
    }
    let width = notice.facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, value) in &notice.facts {
        text.push_str(&format!("{label:<width$}  {value}\n"));
    }
    text.push_str(&format!("\nWhat to do: {}\n\nLook here: {}\n\n-- \n", notice.advice, notice.link));
    text.push_str(&format!(
        "{} \u{b7} {} \u{b7} {}\nDelivery {}\n",
        notice.severity.label(),
        notice.event_label,
        notice.because,
        notice.uid
    ));
    text
}

fn refused(error: &SmtpError) -> Failure {
    Failure { reason: reason::SMTP_SIGN_IN_FAILED, status: status(error) }
}

fn sort(error: &SmtpError) -> Failure {
    let reason = if error.is_timeout() {
        reason::TIMED_OUT
    } else if error.is_tls() {
        reason::TLS_FAILED
    } else if error.is_transient() {
        reason::SMTP_BUSY
    } else if error.is_permanent() {
        reason::SMTP_REFUSED
    } else if error.is_response() {
        reason::BAD_ANSWER
    } else if error.is_client() {
        reason::SMTP_REFUSED
    } else {
        sort_by_causes(error)
    };
    Failure { reason, status: status(error) }
}

/// Why the connection is of no use: a fault of TLS stays, and who says too much or breaks off may do better another time.
fn sort_by_causes(error: &(dyn Error + 'static)) -> Reason {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let is_too_much = |error: &std::io::Error| error.kind() == std::io::ErrorKind::InvalidData;
    for cause in causes {
        if is_of_tls(cause) {
            return reason::TLS_FAILED;
        }
        if cause.downcast_ref::<std::io::Error>().is_some_and(is_too_much) {
            return reason::BAD_ANSWER;
        }
    }
    reason::CONNECTION_FAILED
}

fn status(error: &SmtpError) -> Option<u16> {
    error.status().map(u16::from)
}
