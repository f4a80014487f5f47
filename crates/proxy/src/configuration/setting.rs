/// A setting that an operator can make, in the environment or in the configuration file.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the environment. In the file it is written in lower case.
    pub name: &'static str,
    /// What it means, for `--help`.
    pub meaning: &'static str,
    /// What holds when it isn't made.
    pub default: Option<&'static str>,
    /// Whether the proxy can't start without it.
    pub required: bool,
}

const fn required(name: &'static str, meaning: &'static str) -> Setting {
    Setting {
        name,
        meaning,
        default: None,
        required: true,
    }
}

const fn optional(
    name: &'static str,
    meaning: &'static str,
    default: Option<&'static str>,
) -> Setting {
    Setting {
        name,
        meaning,
        default,
        required: false,
    }
}

/// Settings that may also be read from a file: the same name with `_FILE` behind it names the file.
pub const SECRETS: &[&str] = &[
    "WHOP_API_KEY",
    "WHOP_CHAT_SESSION_SECRET",
    "WHOP_CHAT_SESSION_SECRET_PREVIOUS",
    "WHOP_CHAT_ASSERTION_SECRET",
    "WHOP_CHAT_ASSERTION_SECRET_PREVIOUS",
    "WHOP_WEBHOOK_SECRET",
    "WHOP_OAUTH_CLIENT_SECRET",
];

impl Setting {
    /// The setting of that name, in whatever case.
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS
            .iter()
            .find(|setting| setting.name.eq_ignore_ascii_case(name))
    }
}

/// All settings, in the order in which `--help` shows them.
pub const SETTINGS: &[Setting] = &[
    required(
        "WHOP_API_KEY",
        "The company's or app's API key. Stays on the server.",
    ),
    required(
        "WHOP_APP_ID",
        "The app's id, app_…: user tokens from inside Whop must be meant for it.",
    ),
    required(
        "WHOP_COMPANY_ID",
        "The company's id, biz_…: visitors' tokens are minted for it.",
    ),
    required(
        "WHOP_AGENT_USER_ID",
        "The user on whose behalf the proxy listens for live updates, user_…",
    ),
    required(
        "WHOP_CHAT_SESSION_SECRET",
        "Signs renewals and websocket tickets, and seals sign-ins; at least 32 bytes, the same on all instances.",
    ),
    optional(
        "WHOP_CHAT_SESSION_SECRET_PREVIOUS",
        "What that secret was before it was changed: what it signed still counts. Take it away after 12 hours.",
        None,
    ),
    required(
        "WHOP_CHAT_ASSETS",
        "The directory of the built widget (dist/embed).",
    ),
    optional(
        "WHOP_CHAT_ASSERTION_SECRET",
        "Shared with the creator's backend, which signs its visitors' assertions with it (HS256); at least 32 bytes.",
        None,
    ),
    optional(
        "WHOP_CHAT_ASSERTION_SECRET_PREVIOUS",
        "What that secret was before it was changed: assertions signed with it still count. Take it away when your backend has the new one.",
        None,
    ),
    optional(
        "WHOP_CHAT_ASSERTION_KEYS",
        "Or the public keys of who signs assertions with ES256 or EdDSA: PEM, a JWK or a JWK Set.",
        None,
    ),
    optional(
        "WHOP_CHAT_PAGE_TOKENS",
        "Whether pages may bring Whop's own access tokens for their visitors, as pages made for Whop Elements do: yes or no.",
        Some("yes"),
    ),
    optional(
        "WHOP_CHAT_PUBLIC_CHANNELS",
        "Channels or experiences that anybody may read without being known, separated by commas.",
        Some(""),
    ),
    optional(
        "WHOP_WEBHOOK_SECRET",
        "The secret with which Whop signs webhooks to /webhooks/whop (whsec_…). Without it none is heard.",
        None,
    ),
    optional(
        "WHOP_CHAT_ALLOWED_ORIGINS",
        "Creator sites that may embed the chat, separated by commas: https://creator.example",
        Some(""),
    ),
    optional(
        "WHOP_CHAT_APP_ORIGINS",
        "Origins under which Whop serves this app.",
        Some("https://*.apps.whop.com"),
    ),
    optional(
        "WHOP_CHAT_PUBLIC_URL",
        "Where browsers reach this proxy. With https, answers carry HSTS.",
        None,
    ),
    optional(
        "WHOP_CHAT_FRAME_ANCESTORS",
        "More origins that may frame the app's pages, besides whop.com.",
        Some(""),
    ),
    optional(
        "WHOP_CHAT_IMAGE_SOURCES",
        "From where the app's pages may load images and videos, as in a Content-Security-Policy.",
        Some("https: data: blob:"),
    ),
    optional(
        "WHOP_CHAT_PICTURE_HOSTS",
        "Hosts whose pictures are shown in messages, besides Whop's and the API's own, separated by commas. Who runs one learns the addresses of all who read.",
        Some(""),
    ),
    optional(
        "WHOP_API_URL",
        "Whop's REST API.",
        Some("https://api.whop.com/api/v1"),
    ),
    optional(
        "WHOP_WEBSOCKET_URL",
        "Whop's websocket service.",
        Some("https://ws-prod.whop.com"),
    ),
    optional(
        "WHOP_JWKS_URL",
        "Whop's public keys. Without it: /.well-known/jwks.json on the API's origin.",
        None,
    ),
    optional(
        "WHOP_OAUTH_URL",
        "Whop's OAuth, https://api.whop.com/oauth: with it visitors of creator sites can sign in with Whop. /oauth/callback of WHOP_CHAT_PUBLIC_URL must be one of the app's redirect URIs.",
        None,
    ),
    optional(
        "WHOP_OAUTH_CLIENT_SECRET",
        "The app's client secret, where its OAuth client is confidential. A public one has none.",
        None,
    ),
    optional(
        "WHOP_USER_TOKEN_KEYS",
        "Whop's public keys, pinned: PEM, a JWK or a JWK Set. With it none are fetched, and when Whop changes its keys nobody gets in until this is changed, too.",
        None,
    ),
    optional(
        "WHOP_CHAT_ADDRESS",
        "Where to listen.",
        Some("127.0.0.1:4720"),
    ),
    optional(
        "WHOP_CHAT_REQUESTS_PER_USER",
        "How often one visitor may ask in a minute, a third of it at once; 0 for no limit.",
        Some("600"),
    ),
    optional(
        "WHOP_CHAT_REQUESTS_PER_ADDRESS",
        "How often one address may (of IPv6: one /64); 0 for no limit.",
        Some("6000"),
    ),
    optional(
        "WHOP_CHAT_TRUSTED_PROXIES",
        "Your reverse proxies, addresses or networks, separated by commas: their X-Forwarded-For says where a request comes from.",
        Some("127.0.0.0/8, ::1"),
    ),
    optional(
        "WHOP_CHAT_TOKEN_SECONDS",
        "How long a visitor's token lives, 60 to 10800 seconds.",
        Some("3600"),
    ),
    optional(
        "WHOP_CHAT_ACCESS_SECONDS",
        "How long Whop's word on a visitor's access is relied on for messages that are shared, 5 to 600 seconds; for live updates five times as long.",
        Some("60"),
    ),
    optional(
        "WHOP_CHAT_RATE_LIMIT",
        "How many requests Whop takes of the key, and of each visitor's token: COUNT/DURATION. Several instances share the key's.",
        Some("10/10s"),
    ),
    optional(
        "WHOP_CHAT_METRICS_ADDRESS",
        "Where Prometheus may read /metrics, an address that visitors don't reach, like 127.0.0.1:9720. Without it nothing is told.",
        None,
    ),
    optional(
        "WHOP_CHAT_DRAIN_SECONDS",
        "How long the proxy still answers after it was told to stop, and over which its websockets are sent away, 0 to 300 seconds.",
        Some("10"),
    ),
    optional(
        "WHOP_CHAT_IDLE_SECONDS",
        "How long a connection may be open without a whole request, 5 to 3600 seconds; longer than your load balancer keeps one open.",
        Some("75"),
    ),
    optional(
        "WHOP_CHAT_CONNECTIONS",
        "How many connections may be open at a time, websockets among them, 10 to 1000000. Each is an open file of the process.",
        Some("20000"),
    ),
];
