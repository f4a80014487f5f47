use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use thiserror::Error;

/// The octets of an uncompressed point of P-256.
const POINT: usize = 65;
/// The octets of an Ed25519 key.
const EDWARDS: usize = 32;

/// Somebody's public key, for the one algorithm that it is meant for.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// Its name, where it has one.
    pub id: Option<String>,
    /// `ES256` or `EdDSA`.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: DecodingKey,
}

/// Why a text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PublicKeyError {
    /// It is not for those who only check signatures.
    #[error("has a key that is not public; the proxy must not know the one that signs")]
    NotPublic,
    /// It can't be read.
    #[error("has no P-256 or Ed25519 public key as PEM, JWK or JWK Set")]
    Unusable,
}

impl PublicKey {
    /// Reads PEM (one block or several), a JWK or a JWK Set. In PEM, `\n` may stand for the end of a line: an
    /// environment has one line.
    pub fn parse(text: &str) -> Result<Vec<Self>, PublicKeyError> {
        let keys: Vec<Self> = if text.contains("-----BEGIN ") {
            let lines = text.replace("\\n", "\n");
            let blocks = lines.split("-----BEGIN ").skip(1);
            blocks.map(Self::from_pem).collect::<Result<_, _>>()?
        } else {
            let value: Value = serde_json::from_str(text).map_err(|_| PublicKeyError::Unusable)?;
            match value {
                Value::Object(mut object) => match object.remove("keys") {
                    Some(Value::Array(keys)) => keys,
                    _ => vec![Value::Object(object)],
                },
                _ => return Err(PublicKeyError::Unusable),
            }
            .into_iter()
            .map(Self::from_jwk)
            .collect::<Result<_, _>>()?
        };
        if keys.is_empty() {
            return Err(PublicKeyError::Unusable);
        }
        Ok(keys)
    }

    /// Reads a JWK.
    pub fn from_jwk(jwk: Value) -> Result<Self, PublicKeyError> {
        if jwk.get("d").is_some() || jwk.get("k").is_some() {
            return Err(PublicKeyError::NotPublic);
        }
        let jwk: Jwk = serde_json::from_value(jwk).map_err(|_| PublicKeyError::Unusable)?;
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                Algorithm::EdDSA
            }
            _ => return Err(PublicKeyError::Unusable),
        };
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| PublicKeyError::Unusable)?;
        Self::checked(jwk.common.key_id, algorithm, key)
    }

    /// Reads what follows `-----BEGIN `.
    fn from_pem(block: &str) -> Result<Self, PublicKeyError> {
        if block
            .split("-----")
            .next()
            .is_none_or(|label| label.contains("PRIVATE"))
        {
            return Err(PublicKeyError::NotPublic);
        }
        let pem = format!("-----BEGIN {}", block.trim_end());
        let curve = DecodingKey::from_ec_pem(pem.as_bytes()).map(|key| (Algorithm::ES256, key));
        let edwards =
            || DecodingKey::from_ed_pem(pem.as_bytes()).map(|key| (Algorithm::EdDSA, key));
        let (algorithm, key) = curve
            .or_else(|_| edwards())
            .map_err(|_| PublicKeyError::Unusable)?;
        Self::checked(None, algorithm, key)
    }

    /// A key of the right length that the library can work with. With a shorter one it would fail at every token, or
    /// panic.
    fn checked(
        id: Option<String>,
        algorithm: Algorithm,
        key: DecodingKey,
    ) -> Result<Self, PublicKeyError> {
        const UNSIGNED: [(Algorithm, &str); 2] = [
            (Algorithm::ES256, "eyJhbGciOiJFUzI1NiJ9.e30."),
            (Algorithm::EdDSA, "eyJhbGciOiJFZERTQSJ9.e30."),
        ];
        let length = if algorithm == Algorithm::EdDSA {
            EDWARDS
        } else {
            POINT
        };
        let octets = key
            .try_get_as_bytes()
            .map_err(|_| PublicKeyError::Unusable)?;
        let unsigned = UNSIGNED.iter().find(|(of, _)| *of == algorithm);
        if let Some((_, token)) = unsigned.filter(|_| octets.len() == length)
            && let Err(error) =
                jsonwebtoken::decode::<Value>(token, &key, &Validation::new(algorithm))
            && *error.kind() == ErrorKind::InvalidSignature
        {
            return Ok(Self { id, algorithm, key });
        }
        Err(PublicKeyError::Unusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
    use serde_json::json;

    const EDWARDS_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    fn curve() -> p256::SecretKey {
        p256::SecretKey::from_slice(&[1; 32]).unwrap()
    }

    fn curve_pem() -> String {
        let key = curve().public_key();
        key.to_public_key_pem(LineEnding::LF).unwrap()
    }

    fn algorithms(text: &str) -> Result<Vec<Algorithm>, PublicKeyError> {
        let keys = PublicKey::parse(text)?;
        Ok(keys.iter().map(|key| key.algorithm).collect())
    }

    #[test]
    fn reads_what_operators_have() {
        let jwk: Value = serde_json::from_str(&curve().public_key().to_jwk_string()).unwrap();
        // RFC 8037, appendix A.2.
        let edwards = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let (es, ed) = (Algorithm::ES256, Algorithm::EdDSA);
        assert_eq!(algorithms(&curve_pem()), Ok(vec![es]));
        assert_eq!(algorithms(&curve_pem().replace('\n', "\\n")), Ok(vec![es]));
        assert_eq!(algorithms(EDWARDS_PEM), Ok(vec![ed]));
        assert_eq!(algorithms(&(curve_pem() + EDWARDS_PEM)), Ok(vec![es, ed]));
        assert_eq!(algorithms(&jwk.to_string()), Ok(vec![es]));
        let set = json!({"keys": [edwards, jwk]}).to_string();
        assert_eq!(algorithms(&set), Ok(vec![ed, es]));
        assert_eq!(PublicKey::parse(&set).unwrap()[0].id.as_deref(), Some("a"));
    }

    #[test]
    fn refuses_what_signs_and_what_is_none() {
        let private = curve().to_pkcs8_pem(LineEnding::LF).unwrap();
        assert_eq!(algorithms(&private), Err(PublicKeyError::NotPublic));
        let private = curve().to_jwk_string();
        assert_eq!(algorithms(&private), Err(PublicKeyError::NotPublic));
        let shared = json!({"kty": "oct", "k": "c2VjcmV0"}).to_string();
        assert_eq!(algorithms(&shared), Err(PublicKeyError::NotPublic));
        let point = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for text in [
            String::new(),
            "[]".to_owned(),
            "{\"keys\":[]}".to_owned(),
            "a shared secret of more than 32 bytes".to_owned(),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}).to_string(),
            json!({"kty": "OKP", "crv": "Ed448", "x": point}).to_string(),
            json!({"kty": "EC", "crv": "P-384", "x": point, "y": point}).to_string(),
            json!({"kty": "EC", "crv": "P-256", "x": point, "y": point}).to_string(),
            json!({"kty": "RSA", "n": point, "e": "AQAB"}).to_string(),
            curve_pem().replace("MFkw", "MFkx"),
        ] {
            assert_eq!(algorithms(&text), Err(PublicKeyError::Unusable), "{text}");
        }
    }
}
