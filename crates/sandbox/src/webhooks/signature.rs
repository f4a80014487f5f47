use crate::database::StoredWebhook;
use crate::signed_address::mac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac as _;

/// What the secrets of webhooks begin with.
pub const PREFIX: &str = "ws_";

/// The headers that sign a body at that moment, in seconds since the Unix epoch: Standard Webhooks' three, or the one of v5.
///
/// The key is the secret's own letters, prefix and all. Libraries of Standard Webhooks decode their key from base64: they are
/// given the secret encoded, as `whop_sdk` 2.6.0's `verify_webhook.py` does.
pub fn headers(
    webhook: &StoredWebhook,
    message_id: &str,
    body: &str,
    now: i64,
) -> Vec<(&'static str, String)> {
    let sign = |text: String| {
        let mut mac = mac(webhook.secret.reveal().as_bytes());
        mac.update(text.as_bytes());
        mac.finalize().into_bytes()
    };
    if webhook.api_version == "v5" {
        let signature = hex::encode(sign(format!("{now}.{body}")));
        return vec![("x-whop-signature", format!("t={now},v1={signature}"))];
    }
    let signature = STANDARD.encode(sign(format!("{message_id}.{now}.{body}")));
    vec![
        ("webhook-id", message_id.to_owned()),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(api_version: &str, secret: &str) -> StoredWebhook {
        StoredWebhook {
            id: "hook_1".to_owned(),
            url: String::new(),
            api_version: api_version.to_owned(),
            api_version_date: None,
            enabled: true,
            child_resource_events: false,
            events: Vec::new(),
            resource_id: String::new(),
            secret: secret.into(),
            created_at: 0,
        }
    }

    #[test]
    fn the_current_form_is_base64() {
        let signed = headers(&webhook("v1", "ws_key"), "msg_1", "{}", 1_700_000_000);
        // printf 'msg_1.1700000000.{}' | openssl dgst -sha256 -hmac ws_key -binary | base64
        assert_eq!(
            signed,
            [
                ("webhook-id", "msg_1".to_owned()),
                ("webhook-timestamp", "1700000000".to_owned()),
                (
                    "webhook-signature",
                    "v1,7r1VMQn2MILdEGtrTxSRMCqVadahCv6nzYb3f3eO+vI=".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn the_old_form_is_hexadecimal() {
        let signed = headers(&webhook("v5", "key"), "msg_1", "{}", 1_700_000_000);
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
        assert_eq!(
            signed,
            [(
                "x-whop-signature",
                "t=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
                    .to_owned()
            )]
        );
    }
}
