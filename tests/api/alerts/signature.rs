//! The signature of a webhook, verified by the examples of the documentation as they stand there.

use super::Told;
use std::io::Write;
use std::process::{Command, Stdio};
use support::actor::alerts::SECRET;
use support::receiver::Request;
use support::source;

/// Language of the code block, and the program that runs it.
const EXAMPLES: [(&str, &str, &str); 3] = [("python", "python3", "-c"), ("javascript", "node", "-e"), ("sh", "sh", "-c")];

#[tokio::test]
async fn the_documented_examples_in_three_languages_take_our_requests_and_no_others() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    told.app.deliver().await;
    let request = told.receiver.only();
    for (language, program, option) in EXAMPLES {
        if !is_there(program) {
            println!("skipped: {program} is not on this machine");
            continue;
        }
        let code = example(language);
        let verify = |body: &str, secret: &str, timestamp: &str, signature: &str| {
            run(program, option, &code, body, &[("SECRET", secret), ("TIMESTAMP", timestamp), ("SIGNATURE", signature)])
        };
        let Request { body, .. } = &request;
        let (timestamp, signature) = (request.header("x-tenantatlas-timestamp"), request.header("x-tenantatlas-signature"));
        let later = (timestamp.parse::<i64>().unwrap() + 1).to_string();
        assert!(verify(body, SECRET, timestamp, signature), "{language}: ours");
        assert!(!verify(&body.replace("paused", "resumed"), SECRET, timestamp, signature), "{language}: another body");
        assert!(!verify(body, SECRET, &later, signature), "{language}: another time");
        assert!(!verify(body, "another-secret-of-somebody", timestamp, signature), "{language}: another secret");
        assert!(!verify(body, SECRET, timestamp, "v1=00"), "{language}: no signature at all");
    }
}

/// The shell's example calls another program.
fn is_there(program: &str) -> bool {
    let asked = if program == "sh" { ("openssl", "version") } else { (program, "--version") };
    Command::new(asked.0).arg(asked.1).output().is_ok_and(|output| output.status.success())
}

/// The code block of this language.
fn example(language: &str) -> String {
    let text = std::fs::read_to_string(source::root().join("specs/alerts/webhook.md")).unwrap();
    let block = text.split_once(&format!("```{language}\n")).and_then(|(_, rest)| rest.split_once("```"));
    block.unwrap_or_else(|| panic!("no example in {language}")).0.to_owned()
}

fn run(program: &str, option: &str, code: &str, body: &str, environment: &[(&str, &str)]) -> bool {
    let mut child = Command::new(program)
        .args([option, code])
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    child.wait().unwrap().success()
}
