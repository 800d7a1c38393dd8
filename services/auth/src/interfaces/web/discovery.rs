//! What clients read before they begin: where everything is and what is served (RFC 8414, OpenID
//! Connect Discovery), and the public keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::site::Desk;

/// Anybody may keep it for so long.
const CACHE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

/// `GET /.well-known/openid-configuration`, and the same for clients without OpenID.
pub(super) async fn document(State(desk): State<Arc<Desk>>) -> Response {
    let issuer = &desk.site.issuer;
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "introspection_endpoint": format!("{issuer}/oauth2/introspect"),
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "userinfo_endpoint": format!("{issuer}/oauth2/userinfo"),
        "jwks_uri": format!("{issuer}/oauth2/jwks"),
        "scopes_supported": ["openid", "fondeo", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token",
            "client_credentials"],
        "token_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "amr", "nonce", "sid",
            "email", "locale", "roles"],
        "prompt_values_supported": ["none", "login", "select_account"],
        "ui_locales_supported": ["es", "en"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    ([CACHE], Json(document)).into_response()
}

/// `GET /oauth2/jwks`.
pub(super) async fn jwks(State(desk): State<Arc<Desk>>) -> Response {
    let json = (header::CONTENT_TYPE, "application/jwk-set+json");
    ([CACHE, json], desk.site.app.vault.jwks()).into_response()
}
