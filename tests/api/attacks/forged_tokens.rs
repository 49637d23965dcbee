//! Tokens that are not ours: of another algorithm, key, audience or time, cut, or with a bit turned.

use super::{filled, guarded};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use support::actor::Credential;
use support::{Actor, TestApp};

/// A good token taken apart.
struct Token {
    header: Value,
    claims: Value,
    text: String,
}

impl Token {
    fn of(actor: &Actor) -> Self {
        let text = actor.token().to_owned();
        let parts: Vec<Value> =
            text.split('.').take(2).map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()).collect();
        Self { header: parts[0].clone(), claims: parts[1].clone(), text }
    }

    /// Its claims with one changed, signed with our own key.
    fn with_claim(&self, name: &str, value: Value, app: &TestApp) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.signed(&claims, Algorithm::HS256, self.header["kid"].as_str(), &app.server().keys.newest().unwrap().secret)
    }

    fn signed(&self, claims: &Value, algorithm: Algorithm, key_id: Option<&str>, secret: &[u8]) -> String {
        let mut header = Header::new(algorithm);
        header.kid = key_id.map(ToOwned::to_owned);
        encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// With another header over the signature that was there, or over none.
    fn headed(&self, header: &Value, signature: &str) -> String {
        let claims = self.text.split('.').nth(1).unwrap();
        format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    fn signature(&self) -> &str {
        self.text.rsplit('.').next().unwrap()
    }
}

/// Every kind of forgery, with its name.
fn forgeries(token: &Token, app: &TestApp) -> Vec<(String, String)> {
    let key = app.server().keys.newest().unwrap();
    let kid = token.header["kid"].clone();
    let named = |name: &str, text: String| (name.to_owned(), text);
    let mut found = Vec::new();
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid });
        found.push(named("no algorithm, no signature", token.headed(&header, "")));
        found.push(named("no algorithm, the signature", token.headed(&header, token.signature())));
    }
    for algorithm in ["RS256", "ES256", "PS512", "EdDSA", "HS512"] {
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid });
        found.push(named("another algorithm by name", token.headed(&header, token.signature())));
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        found.push(named("another algorithm with our key", token.signed(&token.claims, algorithm, Some(&key.id), &key.secret)));
    }
    for id in ["", "other", "../../../../dev/null", "' OR 1=1 --", &"k".repeat(5_000)] {
        found.push(named("another key id", token.signed(&token.claims, Algorithm::HS256, Some(id), &key.secret)));
    }
    found.push(named("no key id", token.signed(&token.claims, Algorithm::HS256, None, &key.secret)));
    for secret in [&b""[..], b"secret", &[0; 32], key.id.as_bytes()] {
        found.push(named("another key", token.signed(&token.claims, Algorithm::HS256, Some(&key.id), secret)));
    }
    let header = json!({ "alg": "HS256", "kid": kid, "jwk": { "kty": "oct", "k": "AAAA" }, "jku": "http://127.0.0.1/keys" });
    found.push(named("a key of its own", token.headed(&header, token.signature())));
    for (claim, value) in [
        ("aud", json!("tenantatlas:other")),
        ("aud", json!(["tenantatlas"])),
        ("aud", json!(null)),
        ("exp", json!(1)),
        ("exp", json!(-1)),
        ("exp", json!("tomorrow")),
        ("exp", json!(null)),
        ("sid", json!("00000000-0000-0000-0000-000000000000")),
        ("sid", json!("' OR 1=1 --")),
        ("sub", json!(null)),
    ] {
        found.push(named(&format!("{claim} is {value}"), token.with_claim(claim, value, app)));
    }
    found
}

#[tokio::test]
async fn no_forged_token_opens_any_operation() {
    let app = TestApp::start().await;
    let (operator, user) = (app.operator().await, app.user().await);
    for (actor, of_tenants) in [(&operator, false), (&user, true)] {
        let token = Token::of(actor);
        for (kind, text) in forgeries(&token, &app) {
            let forger = actor.with_credential(Credential::Bearer(text));
            let path = if of_tenants { "/api/v1/admin/auth/me" } else { "/api/v1/system/auth/me" };
            let answer = forger.get(path).await;
            assert_eq!(answer.status, 401, "{kind}: {}", answer.text);
        }
        let unsigned = token.headed(&json!({ "alg": "none", "kid": token.header["kid"] }), "");
        let forger = actor.with_credential(Credential::Bearer(unsigned));
        for operation in guarded().filter(|operation| operation.is_of_tenants() == of_tenants) {
            let method = operation.method.parse().unwrap();
            forger.send_text(method, &filled(&operation.path, "1"), None, "").await.assert_problem(401, "unauthenticated");
        }
    }
}

#[tokio::test]
async fn a_token_that_was_cut_or_has_a_bit_turned_is_worth_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let text = operator.token().to_owned();
    let cut = (0..text.len()).step_by(7).map(|length| text[..length].to_owned());
    let longer = ["=", ".", "A", " x", ".AAAA"].map(|more| format!("{text}{more}"));
    let turned = (0..text.len()).step_by(3).map(|at| {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    });
    for forged in cut.chain(longer).chain(turned).filter(|forged| *forged != text) {
        let answer = operator.with_credential(Credential::Bearer(forged.clone())).get("/api/v1/system/auth/me").await;
        assert_eq!(answer.status, 401, "{forged}");
    }
    operator.get("/api/v1/system/auth/me").await.assert_status(200);
}

#[tokio::test]
async fn who_has_the_id_of_a_session_has_not_its_token() {
    let app = TestApp::start().await;
    let (victim, thief) = (app.operator().await, app.operator_with(&[]).await);
    let (own, other) = (Token::of(&thief), Token::of(&victim));
    let mut claims = own.claims.clone();
    claims["sid"] = other.claims["sid"].clone();
    claims["sub"] = other.claims["sub"].clone();
    let swapped =
        format!("{}.{}.{}", own.text.split('.').next().unwrap(), URL_SAFE_NO_PAD.encode(claims.to_string()), own.signature());

    let answer = thief.with_credential(Credential::Bearer(swapped)).get("/api/v1/system/auth/me").await;

    answer.assert_problem(401, "unauthenticated");
}
