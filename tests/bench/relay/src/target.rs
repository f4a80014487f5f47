use crate::LoadError;
use crate::member::Socket;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// One address has some 28,000 ports to come from; so many sockets come from each.
const PER_ADDRESS: usize = 5_000;

/// Whom to load.
#[derive(Debug)]
pub enum Target {
    /// The proxy.
    Relay(Relay),
    /// nchan, with `/sub` and `/pub`.
    Nchan {
        /// Where it listens.
        url: String,
    },
}

/// The proxy and what it needs.
pub struct Relay {
    /// The proxy's address.
    pub proxy: String,
    /// The sandbox's, whose control route publishes.
    pub sandbox: String,
    /// The members' site.
    pub origin: String,
    /// Signs for them.
    pub secret: String,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.proxy)
    }
}

impl Target {
    /// Opens the websocket of that number; `session` where the target wants one.
    pub async fn connect(
        &self,
        number: usize,
        session: Option<&Socket>,
    ) -> Result<WebSocketStream<TcpStream>, LoadError> {
        let (base, path) = match (self, session) {
            (Self::Relay(relay), Some(session)) => (&relay.proxy, session.path.as_str()),
            (Self::Relay(_), None) => return Err(LoadError::Other("no session".to_owned())),
            (Self::Nchan { url }, _) => (url, "/sub"),
        };
        let host = base.trim_start_matches("http://");
        let request = self.request(host, path, session)?;
        let stream = dial(host, number).await?;
        let configuration = WebSocketConfig::default()
            .read_buffer_size(4 << 10)
            .write_buffer_size(0);
        let (socket, _) = client_async_with_config(request, stream, Some(configuration)).await?;
        Ok(socket)
    }

    fn request(
        &self,
        host: &str,
        path: &str,
        session: Option<&Socket>,
    ) -> Result<Request<()>, LoadError> {
        let mut request = format!("ws://{host}{path}").into_client_request()?;
        if let (Self::Relay(relay), Some(session)) = (self, session) {
            let value = |text: &str| {
                HeaderValue::from_str(text)
                    .map_err(|_| LoadError::Other("a header can't be written".to_owned()))
            };
            let headers = request.headers_mut();
            headers.insert("origin", value(&relay.origin)?);
            let protocols = value(&session.protocols.join(", "))?;
            headers.insert("sec-websocket-protocol", protocols);
        }
        Ok(request)
    }

    /// Publishes a frame to all sockets: one request to whoever is before the fan-out.
    pub async fn publish(&self, client: &Client, frame: &Value) -> Result<(), LoadError> {
        let request = match self {
            Self::Relay(relay) => client
                .post(format!("{}/_sandbox/sockets/frame", relay.sandbox))
                .json(&json!({ "frame": frame })),
            Self::Nchan { url } => client.post(format!("{url}/pub")).json(frame),
        };
        request.send().await?.error_for_status()?;
        Ok(())
    }
}

/// From 127.0.0.2 on, so that the ports suffice.
async fn dial(host: &str, number: usize) -> Result<TcpStream, LoadError> {
    let unusable = |error| LoadError::Other(format!("{host} can't be connected to: {error}"));
    let address = host
        .parse()
        .map_err(|_| LoadError::Other(format!("{host} is no address and port")))?;
    let from = u8::try_from(number / PER_ADDRESS + 2).unwrap_or(u8::MAX);
    let socket = TcpSocket::new_v4().map_err(unusable)?;
    socket.set_nodelay(true).map_err(unusable)?;
    socket
        .bind(([127, 0, 0, from], 0).into())
        .map_err(unusable)?;
    socket.connect(address).await.map_err(unusable)
}
