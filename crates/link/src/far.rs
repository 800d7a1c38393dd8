//! Links over the network: HTTP/2 with mutual TLS. A program is who its certificate says it is, a
//! DNS name `<program>.fondeo.internal` signed by the operator's own authority; a near link gives
//! the same name without a certificate (architecture.md §5).

use std::io;
use std::sync::Arc;

use authz::Caller;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming, TlsConnectInfo};
use tonic::transport::{
    Certificate, ClientTlsConfig, Endpoint, Identity, Server, ServerTlsConfig, Uri,
};
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use webpki::EndEntityCert;

use crate::{Gate, Link};

pub(crate) const DOMAIN: &str = ".fondeo.internal";

/// What a program shows to the others, and whom it believes. All three are PEM.
#[derive(Clone)]
pub struct Credentials {
    /// The operator's own authority.
    pub authority: String,
    /// This program's certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum FarError {
    /// Only `https://host:port` is an address of ours.
    #[error("`{0}` is no address of a service: write https://host:port")]
    Address(String),
    /// Certificate, key or authority can't be used, or the listener broke.
    #[error("the transport could not be set up: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The listener has no address.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Credentials {
    fn identity(&self) -> Identity {
        Identity::from_pem(&self.certificate, &self.key)
    }
}

/// A link to the named service at an `https://` address. It connects when it is first used and
/// again when the connection broke; a service that can't be reached answers `unavailable`.
pub fn far(address: &str, service: &str, credentials: &Credentials) -> Result<Link, FarError> {
    let uri: Uri = address
        .parse()
        .ok()
        .filter(|uri: &Uri| uri.scheme_str() == Some("https") && uri.host().is_some())
        .ok_or_else(|| FarError::Address(address.to_owned()))?;
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(&credentials.authority))
        .identity(credentials.identity())
        .domain_name(format!("{service}{DOMAIN}"));
    let channel = Endpoint::from(uri)
        .connect_timeout(std::time::Duration::from_secs(2))
        .http2_keep_alive_interval(std::time::Duration::from_secs(20))
        .keep_alive_while_idle(true)
        .tls_config(tls)?
        .connect_lazy();
    let name = Arc::<str>::from(service);
    Ok(BoxCloneSyncService::new(channel.map_err(move |error| {
        tracing::warn!(service = &*name, error = %causes(&error), "a service can't be reached");
        Status::unavailable("a service can't be reached: try again")
    })))
}

/// Answers the calls of other programs until it is told to stop, then finishes those in hand.
/// `callers` are the programs there are: a certificate for any other name opens nothing.
pub async fn serve(
    gate: Gate,
    callers: &'static [&'static str],
    listener: TcpListener,
    credentials: &Credentials,
    stop: CancellationToken,
) -> Result<(), FarError> {
    let tls = ServerTlsConfig::new()
        .identity(credentials.identity())
        .client_ca_root(Certificate::from_pem(&credentials.authority));
    let answer = tower::service_fn(move |mut request: Request<axum::body::Body>| {
        let gate = gate.clone();
        async move {
            if let Some(caller) = caller(&request, callers) {
                request.extensions_mut().insert(caller);
            }
            let response: Response<Body> = gate.call(request.map(Body::new)).await;
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let routes = Routes::from(axum::Router::new().fallback_service(answer));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .tls_config(tls)?
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await?;
    Ok(())
}

/// Which of our programs the peer's certificate names. That the authority signed it, the handshake
/// has proved.
fn caller<B>(request: &Request<B>, callers: &'static [&'static str]) -> Option<Caller> {
    let peer = request
        .extensions()
        .get::<TlsConnectInfo<TcpConnectInfo>>()?;
    let chain = peer.peer_certs()?;
    let certificate = EndEntityCert::try_from(chain.first()?).ok()?;
    let programs: Vec<&str> = certificate
        .valid_dns_names()
        .filter_map(|name| name.strip_suffix(DOMAIN))
        .collect();
    callers
        .iter()
        .copied()
        .find(|known| programs.contains(known))
        .map(Caller)
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
