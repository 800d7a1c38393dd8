//! The service with its pages on a free port over a real database, and a browser without scripts.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use auth::{ClientConfig, Config, Keys, Scope, SeedAccount};
use authz::{Actor, Role, Verifier};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::{TenantId, UserId};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode, redirect};
use serde_json::Value;
use service::Service;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use testkit::TestDatabase;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const ADMIN: (&str, &str) = ("admin@fondeo.example", "a lamp over the long table");
pub const ANA: (&str, &str) = ("ana@example.org", "seven boats leave at dawn");
/// Of the administrator's second factor.
pub const SECRET: [u8; 20] = *b"a secret for a test.";
pub const BACK: &str = "http://127.0.0.1:51004/callback";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub struct House {
    pub base: String,
    pub tenant: TenantId,
    pub admin: UserId,
    pub verifier: Arc<Verifier>,
    pub service: Service,
    pub database: TestDatabase,
    _secrets: TempDir,
    _server: JoinSet<std::io::Result<()>>,
}

impl House {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let database = TestDatabase::start("auth", &[&auth::MIGRATOR]).await;
        let secrets = tempfile::tempdir().unwrap();
        let keys = Keys::open(&secrets.path().join("keys")).unwrap();
        let (tenant, admin) = (TenantId::new(), UserId::new());
        let jwks = keys.jwks();
        let source = move || {
            let jwks = jwks.clone();
            Box::pin(async move { Ok(jwks) }) as _
        };
        let verifier = Arc::new(Verifier::new(&base, "fondeo", Arc::new(source)));
        let seeds = [SeedAccount {
            user: admin,
            email: ADMIN.0.to_owned(),
            password: ADMIN.1.to_owned(),
            language: "en".to_owned(),
            roles: vec![Role::Admin],
            totp: Some(SECRET.to_vec()),
        }];
        for _again in 0..2 {
            auth::seed(&database.db, &keys, tenant, &seeds)
                .await
                .unwrap();
        }
        let config = Config {
            issuer: base.clone(),
            tenant,
            keys,
            clients: vec![ClientConfig {
                id: "fondeo-story".to_owned(),
                secret: None,
                redirect_uris: vec!["http://127.0.0.1/callback".to_owned()],
                scopes: vec![Scope::Openid, Scope::Fondeo, Scope::OfflineAccess],
            }],
            secure_cookies: false,
            explorer: None,
        };
        let mut service = auth::start(database.db.clone(), Arc::clone(&verifier), config)
            .await
            .unwrap();
        let pages = service.pages.take().unwrap();
        let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = JoinSet::new();
        server.spawn(axum::serve(listener, pages).into_future());
        Self {
            base,
            tenant,
            admin,
            verifier,
            service,
            database,
            _secrets: secrets,
            _server: server,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            http: reqwest::Client::builder()
                .redirect(redirect::Policy::none())
                .build()
                .unwrap(),
            base: self.base.clone(),
            cookies: HashMap::new(),
        }
    }

    /// The person behind a token, as any service sees them.
    pub async fn actor(&self, access: &Value) -> Actor {
        let access = access.as_str().unwrap();
        self.verifier.verify(access, Uuid::nil()).await.unwrap()
    }

    pub async fn codes(&self) -> i64 {
        let mut superuser = self.database.superuser_connection().await;
        sqlx::query_scalar("SELECT count(*) FROM codes")
            .fetch_one(&mut superuser)
            .await
            .unwrap()
    }

    /// As if a month had gone by since the ended ones began.
    pub async fn age_ended_sessions(&self) {
        let mut superuser = self.database.superuser_connection().await;
        sqlx::query(
            "UPDATE sessions SET auth_time = now() - interval '31 days'
             WHERE ended_at IS NOT NULL",
        )
        .execute(&mut superuser)
        .await
        .unwrap();
    }

    /// Lets the sweeper go round once.
    pub async fn sweep(&mut self) {
        let workers = std::mem::take(&mut self.service.workers);
        let mut workers = workers.into_iter();
        let sweeper = workers.find(|worker| worker.name == "sweeper").unwrap();
        let stop = CancellationToken::new();
        let a_moment = std::time::Duration::from_millis(200);
        let stopping = async {
            tokio::time::sleep(a_moment).await;
            stop.cancel();
        };
        tokio::join!((sweeper.run)(stop.clone()), stopping);
    }

    /// Actor and type of all recorded events, in the order of writing.
    pub async fn recorded(&self) -> Vec<(String, String)> {
        let mut superuser = self.database.superuser_connection().await;
        let rows = sqlx::query_as::<_, (String, String)>(
            "SELECT actor, type FROM journal ORDER BY event_id",
        )
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        let name = |ty: String| ty.rsplit('.').next().unwrap().to_owned();
        rows.into_iter()
            .map(|(actor, ty)| (actor, name(ty)))
            .collect()
    }
}

/// Keeps cookies, follows nothing.
pub struct Browser {
    pub http: reqwest::Client,
    base: String,
    pub cookies: HashMap<String, String>,
}

/// What came, read to its end.
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Page {
    /// A parameter of the address that the answer leads to.
    pub fn param(&self, name: &str) -> Option<String> {
        let (_, query) = self.location.split_once('?')?;
        form_urlencoded::parse(query.as_bytes())
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&start).expect("the field").1;
        let value = rest.split_once('"').unwrap().0;
        value.replace("&#38;", "&").replace("&amp;", "&")
    }
}

impl Browser {
    async fn read(&mut self, response: Response) -> Page {
        let headers = response.headers().clone();
        for set in headers.get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = headers.get(LOCATION).map(|to| to.to_str().unwrap());
        Page {
            status: response.status(),
            location: location.unwrap_or_default().to_owned(),
            headers: headers.clone(),
            text: response.text().await.unwrap(),
        }
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(format!("{}{path}", self.base));
        let response = request.header("cookie", self.cookie()).send();
        let response = response.await.unwrap();
        self.read(response).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{path}", self.base)).form(fields);
        let response = request.header("cookie", self.cookie()).send();
        let response = response.await.unwrap();
        self.read(response).await
    }

    /// Fills the form in and sends it, with the token that it carries.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.get(path).await;
        let (csrf, next) = (form.field("csrf"), form.field("next"));
        let mut all = vec![("csrf", csrf.as_str()), ("next", next.as_str())];
        all.extend(fields);
        let action = path.split('?').next().unwrap();
        self.post(action, &all).await
    }

    pub async fn register(&mut self, (email, password): (&str, &str)) -> Page {
        let fields = [
            ("email", email),
            ("password", password),
            ("language", "es"),
            ("role", "INVESTOR"),
            ("role", "OWNER"),
        ];
        self.submit("/register", &fields).await
    }

    pub async fn sign_in(&mut self, path: &str, (email, password): (&str, &str)) -> Page {
        let fields = [("email", email), ("password", password)];
        self.submit(path, &fields).await
    }

    /// Registers where needed, signs in and comes back with a code.
    pub async fn code(&mut self, person: (&str, &str)) -> String {
        let path = authorize(&[]);
        let to_sign_in = self.get(&path).await;
        assert_eq!(to_sign_in.status, StatusCode::SEE_OTHER);
        let mut back = self.sign_in(&to_sign_in.location, person).await;
        if back.location.starts_with("/sign-in/code") {
            back = self.show(&back.location, &totp(&SECRET, 0)).await;
        }
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
        let answer = self.get(&back.location).await;
        assert!(answer.location.starts_with(BACK), "{}", answer.location);
        assert_eq!(answer.param("state").unwrap(), "a state");
        assert_eq!(answer.param("iss").unwrap(), self.base);
        answer.param("code").unwrap()
    }

    pub async fn show(&mut self, path: &str, code: &str) -> Page {
        self.submit(path, &[("code", code)]).await
    }

    pub async fn exchange(&mut self, code: &str, verifier: &str) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "fondeo-story"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", verifier),
        ];
        let page = self.post("/oauth2/token", &fields).await;
        assert_eq!(page.headers["cache-control"], "no-store");
        (page.status, serde_json::from_str(&page.text).unwrap())
    }

    pub async fn refresh(&mut self, token: &Value) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", "fondeo-story"),
            ("refresh_token", token.as_str().unwrap()),
        ];
        let page = self.post("/oauth2/token", &fields).await;
        (page.status, serde_json::from_str(&page.text).unwrap())
    }
}

/// A good request to the authorization endpoint, with these parameters changed or added.
pub fn authorize(changes: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = vec![
        ("client_id", "fondeo-story"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid fondeo offline_access"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("state", "a state"),
        ("nonce", "a nonce"),
    ];
    pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    pairs.extend(changes);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/oauth2/authorize?{query}")
}

/// The code of a step from now.
pub fn totp(secret: &[u8], ahead: i64) -> String {
    let at = clock::real_now().unix_timestamp() + 30 * ahead;
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(at.unsigned_abs()).to_string()
}
