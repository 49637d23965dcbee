//! Microsoft Teams: an Adaptive Card for an incoming webhook.

use super::{Failure, http};
use crate::alerts::notice::Notice;
use crate::alerts::{Outbox, Severity};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// Sends it.
pub(super) async fn send(outbox: &Outbox, url: &str, notice: &Notice) -> Result<u16, Failure> {
    http::post(outbox, url, message(notice).to_string().into_bytes(), HeaderMap::new()).await
}

fn message(notice: &Notice) -> Value {
    json!({
        "type": "message",
        "summary": notice.subject(),
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card(notice) }],
    })
}

fn card(notice: &Notice) -> Value {
    let kind = format!("{} \u{b7} {}", notice.severity.label(), notice.event_label);
    let mut body = vec![
        text(&kind, &json!({ "weight": "Bolder", "color": color(notice.severity), "size": "Small" })),
        text(&notice.title, &json!({ "weight": "Bolder", "size": "Large", "style": "heading" })),
    ];
    body.extend(notice.lines.iter().map(|line| text(line, &json!({ "spacing": "Small" }))));
    let facts: Vec<Value> = notice.facts.iter().map(|(title, value)| json!({ "title": title, "value": escape(value) })).collect();
    body.push(json!({ "type": "FactSet", "facts": facts }));
    body.push(text(notice.advice, &json!({})));
    body.push(text(&format!("{} Id {}", notice.because, notice.uid), &json!({ "isSubtle": true, "size": "Small" })));
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
        "actions": [{ "type": "Action.OpenUrl", "title": "Open in TenantAtlas", "url": notice.link }],
    })
}

fn text(text: &str, style: &Value) -> Value {
    let mut block = json!({ "type": "TextBlock", "text": escape(text), "wrap": true });
    if let (Some(block), Some(style)) = (block.as_object_mut(), style.as_object()) {
        block.extend(style.clone());
    }
    block
}

/// A name stays what it is: cards know a little Markdown, and a tenant may be called anything.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '`' | '~' | '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Accent",
        Severity::Warning => "Warning",
        Severity::Error | Severity::Critical => "Attention",
    }
}
