//! What a person reads.

use serde_json::Value;

use super::Demo;

/// `first` is the trace of the first message.
pub fn of(demo: &Demo, base: &str, speed: u32, first: &Value) -> String {
    let Demo { account, token, .. } = demo;
    let pace = if speed > 1 { format!(" Its clock runs {speed} times faster.") } else { String::new() };
    let story = super::super::message::story(first, &Default::default());
    // As it was called: `cargo run` puts it on no path.
    let sluice = std::env::args().next().unwrap_or_else(|| "sluice".to_owned());
    let title = if demo.found {
        "The newest message of an earlier run"
    } else {
        "The first message, from the call to the blue ticks"
    };
    let lines: String = demo.corners.iter().map(|corner| format!("  # {}\n{}\n", corner.title, corner.lines)).collect();
    format!(
        r#"Sluicegate is running at {base} with a pretend messenger.{pace} Ctrl-C stops it.

{title}:

{story}
Send one in the words of any of these APIs. Any number exists; 79990000200 answers, 79990000404 is not on the
messenger, docs/guide/sandbox.md has the rest.

{lines}A customer writes (the sandbox's own lever):

  curl "{base}/v1/sandbox/{account}/receive" \
    -H "Authorization: Bearer {token}" \
    -d '{{"message": {{"from": "79991112233", "text": "Is anybody there?"}}}}'

From the command line:

  export SLUICE_URL={base} SLUICE_TOKEN={token}
  {sluice} send --account {account} --to 79990000200 --text "Hello World"
  {sluice} tail -f --account {account}

Pages for the browser: {base}/v1/docs (every call of the native API, with its ready curl line)
"#
    )
}
