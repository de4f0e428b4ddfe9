//! Trial 19: secrets. Sixty canaries are planted wherever somebody shows the gateway something in confidence; then they are
//! looked for in the database, its log, the gateway's own log at its most talkative, the answers and a backup.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::{Plan, answer};

use crate::clients::free_port;
use crate::command::sluice;
use crate::report::{Report, Size};

/// So many, or it is another trial.
const CANARIES: usize = 60;
const FORM: &str = "application/x-www-form-urlencoded";
const CONTROL: &str = "an ordinary message, which is no secret";

/// `count` rounds, each with a gateway of its own.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 19: secrets", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let (mut planted, mut places, mut bytes) = (0, 0, 0);
    for _ in 0..size.count {
        let (canaries, searched) = round(&mut report, &mut rng).await?;
        planted += canaries;
        places += searched.0;
        bytes += searched.1;
    }
    report.row("canaries", planted);
    report.row("files and answers searched", places);
    report.row("bytes searched", bytes);
    report.row("canaries found in clear", report.faults.len());
    report.say("Not a secret to the gateway, and in clear: messages, numbers, names, and the addresses of webhooks with their queries.");
    Ok(report)
}

async fn round(report: &mut Report, rng: &mut StdRng) -> Result<(usize, (usize, usize))> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log");
    let environment = vec![("SLUICE_LOG".to_owned(), "trace".to_owned())];
    let plan = Plan { port: free_port().await?, environment, log: Some(log.clone()), ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let mut garden = Garden { gateway: &gateway, rng, planted: Vec::new() };
    garden.in_settings().await?;
    garden.under_wrong_types().await?;
    garden.at_logins().await?;
    garden.as_tokens().await?;
    garden.in_mistakes().await?;
    let planted = garden.planted;
    // What is no secret must be found, or the search finds nothing.
    gateway.receive("79993001234", CONTROL).await?;
    ensure!(planted.len() >= CANARIES, "only {} canaries were planted", planted.len());

    let (mut searched, mut control) = ((0, 0), 0);
    let mut search = |report: &mut Report, place: String, bytes: &[u8]| {
        searched = (searched.0 + 1, searched.1 + bytes.len());
        control += usize::from(memmem::find(bytes, CONTROL.as_bytes()).is_some());
        for (canary, what) in &planted {
            if memmem::find(bytes, canary.as_bytes()).is_some() {
                report.fault(format!("{what} is in clear in {place}"));
            }
        }
    };
    for (place, text) in answers(&gateway, planted.len()).await? {
        search(report, place, text.as_bytes());
    }
    let copy = folder.path().join("backup");
    sluice(["backup".as_ref(), "--data".as_ref(), gateway.data().as_os_str(), "--to".as_ref(), copy.as_os_str()])
        .await?;
    // While it runs what was just written is in the log of the database; afterwards it is in the database.
    for file in files(gateway.data())? {
        search(report, file.display().to_string(), &std::fs::read(&file)?);
    }
    gateway.terminate().await?;
    for file in files(gateway.data())?.into_iter().chain(files(&copy)?).chain([log]) {
        search(report, file.display().to_string(), &std::fs::read(&file)?);
    }
    // In an answer, in the database's log, in the database and in the backup.
    ensure!(control >= 4, "the search found an ordinary message in {control} places only");
    Ok((planted.len(), searched))
}

/// Everything that can be read back through the API.
async fn answers(gateway: &Gateway, least: usize) -> Result<Vec<(String, String)>> {
    let account = gateway.account();
    let of = |part: &str| format!("/v1/accounts/{account}/{part}");
    let mut paths: Vec<String> =
        ["/v1/accounts", "/v1/listeners", "/v1/keys", "/metrics", "/v1/openapi.json"].map(str::to_owned).to_vec();
    paths.extend(["history", "messages?limit=500", "queue", "chats", "contacts", "login"].map(of));
    // The log of requests is written a moment after the answers.
    let mut requests = Value::Null;
    for _ in 0..500 {
        (_, requests) = gateway.native(Method::GET, "/v1/requests?limit=500", None).await?;
        if requests["items"].as_array().is_some_and(|items| items.len() > least) {
            break;
        }
    }
    let ids = requests["items"].as_array().context("items")?.iter().filter_map(|line| line["id"].as_str());
    paths.extend(ids.map(|id| format!("/v1/requests/{id}")));
    let mut answers = vec![("/v1/requests".to_owned(), requests.to_string())];
    for path in paths {
        let url = format!("{}{path}", gateway.base());
        let text = gateway.http.get(url).bearer_auth(gateway.word("/native/key")).send().await?.text().await?;
        answers.push((path, text));
    }
    let settings = gateway.http.get(gateway.green("getStateInstance")).send().await?.text().await?;
    answers.push(("getStateInstance".to_owned(), settings));
    let (_, profile) = gateway.wappi(Method::GET, "/api/sync/get/status", None).await?;
    answers.push(("/api/sync/get/status".to_owned(), profile.to_string()));
    Ok(answers)
}

/// Every file below the folder, but for the key that is a file.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if !path.ends_with("master.key") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Where canaries are planted, and which.
struct Garden<'a> {
    gateway: &'a Gateway,
    rng: &'a mut StdRng,
    planted: Vec<(String, String)>,
}

impl Garden<'_> {
    /// A new one. It is searched for as it is.
    fn canary(&mut self, what: &str) -> String {
        let canary = format!("CANARY{:016x}{:016x}", self.rng.random::<u64>(), self.rng.random::<u64>());
        self.planted.push((canary.clone(), what.to_owned()));
        canary
    }

    /// What the gateway made itself and showed once.
    fn found(&mut self, what: &str, secret: &Value) -> Result<()> {
        let secret = secret.as_str().with_context(|| format!("no {what} was shown"))?;
        ensure!(secret.len() >= 16, "{what} is no secret: {secret}");
        self.planted.push((secret.to_owned(), what.to_owned()));
        Ok(())
    }

    async fn native(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let (status, made) = self.gateway.native(method, path, Some(body)).await?;
        ensure!(status < 300, "{path}: {status} {made}");
        Ok(made)
    }

    /// Secrets that are kept because they are used.
    async fn in_settings(&mut self) -> Result<()> {
        for (what, method, path) in [
            ("the secret of a new listener", Method::POST, "/v1/listeners".to_owned()),
            ("the secret of a changed listener", Method::PATCH, "/v1/listeners/{id}".to_owned()),
        ] {
            let secret = format!("whsec_{}", STANDARD.encode(self.canary(what)));
            self.planted.push((secret.trim_start_matches("whsec_").to_owned(), what.to_owned()));
            let (_, listeners) = self.gateway.native(Method::GET, "/v1/listeners", None).await?;
            let (path, body) = match method {
                Method::POST => (path, json!({"url": "http://127.0.0.1:9/hook", "name": "l", "secret": secret})),
                _ => {
                    let all = listeners["items"].as_array().context("items")?;
                    let ours = all.iter().find(|listener| listener["name"] == "l").context("the listener")?;
                    (path.replace("{id}", ours["id"].as_str().unwrap_or_default()), json!({"secret": secret}))
                }
            };
            self.native(method, &path, body).await?;
        }
        let new = json!({"name": "with proxy", "channel": "whatsapp", "with_key": true});
        let made = self.native(Method::POST, "/v1/accounts", new).await?;
        let id = made["id"].as_str().context("id")?.to_owned();
        if let Some(token) = made["token"].as_str().or(made["key"]["token"].as_str()) {
            self.found("an account's own key", &token.into())?;
        }
        for scheme in ["http", "socks5"] {
            let proxy = format!("{scheme}://ann:{}@proxy.example:1080", self.canary("the password of a proxy"));
            self.native(Method::PATCH, &format!("/v1/accounts/{id}"), json!({"settings": {"proxy": proxy}})).await?;
        }

        let token = self.canary("GREEN-API's webhookUrlToken");
        let settings = json!({"webhookUrl": "http://127.0.0.1:9/green", "webhookUrlToken": token});
        let set = self.gateway.http.post(self.gateway.green("setSettings")).json(&settings).send().await?;
        ensure!(set.status() == 200, "setSettings: {}", set.status());
        let auth = self.canary("Wappi's webhook auth");
        let path = format!("/api/webhook/url/set?url=http://127.0.0.1:9/wappi&auth={auth}");
        let (status, told) = self.gateway.wappi(Method::POST, &path, None).await?;
        ensure!(status == 200, "{status} {told}");
        Ok(())
    }

    /// The same once more in bodies that are called something else: `curl -d` calls JSON a form.
    async fn under_wrong_types(&mut self) -> Result<()> {
        let (gateway, key) = (self.gateway, self.gateway.word("/native/key").to_owned());
        let made = self.native(Method::POST, "/v1/accounts", json!({"name": "typed", "channel": "whatsapp"})).await?;
        let account = format!("{}/v1/accounts/{}", gateway.base(), made["id"].as_str().context("id")?);
        let (listeners, messages) = (format!("{}/v1/listeners", gateway.base()), format!("{account}/messages"));
        for mime in [FORM, "text/plain", "multipart/form-data; boundary=x"] {
            let say = |method: Method, url: &str, body: &Value| {
                let call = gateway.http.request(method, url).bearer_auth(&key).header("content-type", mime);
                answer(call.body(body.to_string()))
            };
            let proxy =
                format!("http://ann:{}@proxy.example:1080", self.canary(&format!("a proxy's password as {mime}")));
            let (status, told) = say(Method::PATCH, &account, &json!({"settings": {"proxy": proxy}})).await?;
            ensure!(status == 200, "{mime}: {status} {told}");

            let secret = STANDARD.encode(self.canary(&format!("a listener's secret as {mime}")));
            self.planted.push((secret.clone(), format!("a listener's secret as {mime}, in base64")));
            let new = json!({"url": "http://127.0.0.1:9/hook", "name": mime, "secret": format!("whsec_{secret}")});
            let (status, told) = say(Method::POST, &listeners, &new).await?;
            ensure!(status == 201, "{mime}: {status} {told}");

            let token = self.canary(&format!("GREEN-API's webhookUrlToken as {mime}"));
            let proxy =
                format!("http://ann:{}@proxy.example:1080", self.canary(&format!("GREEN-API's proxy as {mime}")));
            let settings = json!({"webhookUrlToken": token, "proxyInstance": proxy});
            let (status, told) = say(Method::POST, &gateway.green("setSettings"), &settings).await?;
            ensure!(status == 200, "{mime}: {status} {told}");

            let canary = self.canary(&format!("a secret under a wrong name as {mime}"));
            let (status, told) = say(Method::POST, &listeners, &json!({"url": "http://a.b", "secrt": canary})).await?;
            ensure!(status == 400, "{mime}: {status} {told}");
            // Calls that set things up keep less than others: neither keeps a secret under its name.
            for (what, body) in [
                ("a secret beside too many members", r#"{"url": "http://127.0.0.1:9/hook", "x": 1, "secret": "@"}"#),
                ("a secret in broken JSON", r#"{"url": "http://127.0.0.1:9/hook", "secret": "@""#),
                ("a secret in single quotes", "{'secret': '@'}"),
                ("a secret that lost its quotes", "{secret:@}"),
                ("a secret in a form", "url=http://127.0.0.1:9/hook&secret=@"),
                ("a secret in JSON in a form", "data=%7B%22secret%22%3A%22@%22%7D"),
            ] {
                for url in [&listeners, &messages] {
                    let body = body.replace("@", &self.canary(&format!("{what} as {mime}")));
                    let call = gateway.http.post(url).bearer_auth(&key).header("content-type", mime).body(body);
                    let (status, told) = answer(call).await?;
                    ensure!(status == 400, "{what} as {mime}: {status} {told}");
                }
            }
        }
        Ok(())
    }

    /// Codes, passwords and tokens of logins.
    async fn at_logins(&mut self) -> Result<()> {
        let new = json!({"name": "telegram", "channel": "telegram_user"});
        let made = self.native(Method::POST, "/v1/accounts", new).await?;
        let login = format!("/v1/accounts/{}/login", made["id"].as_str().context("id")?);
        self.native(Method::POST, &login, json!({"way": "phone", "phone": "79990001112"})).await?;
        for what in ["a login code", "a second login code"] {
            let code = self.canary(what);
            self.gateway.native(Method::POST, &format!("{login}/input"), Some(json!({"value": code}))).await?;
        }
        self.gateway.native(Method::POST, &format!("{login}/input"), Some(json!({"value": "11111"}))).await?;
        for what in ["a login password", "a second login password"] {
            let password = self.canary(what);
            self.gateway.native(Method::POST, &format!("{login}/input"), Some(json!({"value": password}))).await?;
        }
        let bot = self.native(Method::POST, "/v1/accounts", json!({"name": "bot", "channel": "telegram_bot"})).await?;
        let login = format!("/v1/accounts/{}/login", bot["id"].as_str().context("id")?);
        let token = format!("123:{}", self.canary("a bot's token"));
        self.native(Method::POST, &login, json!({"way": "token", "token": token})).await?;
        Ok(())
    }

    /// Keys of the gateway itself.
    async fn as_tokens(&mut self) -> Result<()> {
        for place in ["/native/key", "/wappi/token", "/green_api/api_token", "/green_api/partner_token"] {
            self.found(&format!("the demo's {place}"), &self.gateway.demo.pointer(place).cloned().unwrap_or_default())?;
        }
        for (name, dialect) in
            [("a", Value::Null), ("b", json!("wappi")), ("c", json!("native")), ("d", json!("wappi"))]
        {
            let new = json!({"name": name, "scopes": ["send", "read"], "dialect": dialect});
            let made = self.native(Method::POST, "/v1/keys", new).await?;
            self.found("a new key", &made["token"])?;
        }
        let master = std::fs::read_to_string(self.gateway.data().join("master.key"))?;
        self.found("the master key", &master.trim().into())
    }

    /// What was shown in the wrong place or in the wrong words, and is refused.
    async fn in_mistakes(&mut self) -> Result<()> {
        let base = self.gateway.base().to_owned();
        let http = self.gateway.http.clone();
        let accounts = format!("{base}/v1/accounts");
        for header in ["authorization", "x-api-key", "proxy-authorization", "cookie"] {
            let wrong = format!("Bearer {}", self.canary(&format!("a wrong {header}")));
            http.get(&accounts).header(header, wrong).send().await?;
        }
        let basic = STANDARD.encode(format!("ann:{}", self.canary("a basic password")));
        http.get(&accounts).header("authorization", format!("Basic {basic}")).send().await?;
        for name in ["token", "api_key", "apikey", "access_token", "password", "secret", "auth"] {
            let canary = self.canary(&format!("a query's {name}"));
            http.get(format!("{accounts}?{name}={canary}")).send().await?;
        }
        let path = self.canary("a token in GREEN-API's path");
        http.get(format!("{base}/waInstance1101000001/getStateInstance/{path}")).send().await?;
        let path = self.canary("a token in a path that is nobody's");
        http.get(format!("{base}/bot/{path}/getMe")).send().await?;
        let key = self.gateway.word("/native/key").to_owned();
        let login = format!("{base}/v1/accounts/{}/login", self.gateway.account());
        for (what, body) in [
            ("a code under a wrong name", r#"{"cod": "%"}"#),
            ("a code beside a member too many", r#"{"value": "%", "extra": 1}"#),
            ("a code in broken JSON", r#"{"value": "%""#),
            ("a password in a list", r#"{"passwords": ["%"]}"#),
            ("a token among other things", r#"{"way": "token", "value": "123:%"}"#),
        ] {
            let body = body.replace('%', &self.canary(what));
            let path = if body.contains("way") { login.clone() } else { format!("{login}/input") };
            http.post(path).bearer_auth(&key).header("content-type", "application/json").body(body).send().await?;
        }
        for (what, body) in [
            ("a password in a webhook's address", r#"{"url": "https://ann:%@crm.example/hook", "name": "no"}"#),
            ("a secret that is no secret's form", r#"{"url": "https://crm.example/hook", "secret": "%"}"#),
            ("a password where none belongs", r#"{"url": "https://crm.example/hook", "password": "%"}"#),
        ] {
            let body = body.replace('%', &self.canary(what));
            let path = format!("{base}/v1/listeners");
            let told = answer(http.post(path).bearer_auth(&key).header("content-type", "application/json").body(body));
            let (status, told) = told.await?;
            ensure!(status == 400 || status == 422, "{what} was not refused: {status} {told}");
        }
        let form = format!("username=ann&password={}", self.canary("a form's password"));
        let typed = http.post(&accounts).header("content-type", FORM);
        typed.bearer_auth(&key).body(form).send().await?;
        Ok(())
    }
}
