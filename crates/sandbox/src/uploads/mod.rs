//! The storage behind `POST /files`: `PUT /files/{id}/upload` and `PUT /files/{id}/parts/{number}`, which answer as an object
//! store does, not as Whop's API.

pub mod kind;
mod parts;

pub use parts::{PART_BYTES, receive as receive_part};

use crate::clock::{now_millis, now_seconds};
use crate::database::{Database, DatabaseError, StoredFile};
use crate::files;
use crate::rest::{ApiError, PathOf, QueryOf};
use crate::signed_address::{Permission, Purpose};
use crate::state::Sandbox;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use std::time::Duration;
use wire::rest::UploadStatus;

/// How long an upload's address is good for, in seconds.
pub const ADDRESS_SECONDS: i64 = 900;

/// Why the bytes are refused, in the words of an object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    AccessDenied,
    SignatureDoesNotMatch,
    NoSuchKey,
    NoSuchUpload,
    AlreadyThere,
    EntityTooLarge,
    BrokenOff,
}

impl Refusal {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::AccessDenied => (
                StatusCode::FORBIDDEN,
                "AccessDenied",
                "The address is not signed, or not good any more",
            ),
            Self::SignatureDoesNotMatch => (
                StatusCode::FORBIDDEN,
                "SignatureDoesNotMatch",
                "Send exactly the headers of upload_headers",
            ),
            Self::NoSuchKey => (StatusCode::NOT_FOUND, "NoSuchKey", "There is no such file"),
            Self::NoSuchUpload => (
                StatusCode::NOT_FOUND,
                "NoSuchUpload",
                "There is no such upload in parts, or it is complete",
            ),
            Self::AlreadyThere => (
                StatusCode::CONFLICT,
                "OperationAborted",
                "The file has its bytes already",
            ),
            Self::EntityTooLarge => (
                StatusCode::BAD_REQUEST,
                "EntityTooLarge",
                "The upload is larger than what is allowed",
            ),
            Self::BrokenOff => (
                StatusCode::BAD_REQUEST,
                "IncompleteBody",
                "The upload broke off",
            ),
        }
    }
}

/// `PUT /files/{id}/upload`: the bytes, from anywhere, by whoever has the address.
pub async fn receive(
    State(sandbox): State<Sandbox>,
    PathOf(id): PathOf<String>,
    QueryOf(permission): QueryOf<Permission>,
    request: Request,
) -> Result<Response, ApiError> {
    Ok(answered(store(&sandbox, id, permission, request).await?))
}

/// As an object store says it: the content's tag, or why there is none.
fn answered(stored: Result<String, Refusal>) -> Response {
    match stored {
        Ok(tag) => for_any_page((StatusCode::OK, [(header::ETAG, tag)]).into_response()),
        Err(refusal) => {
            let (status, code, message) = refusal.parts();
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            );
            let kind = [(header::CONTENT_TYPE, "application/xml")];
            for_any_page((status, kind, body).into_response())
        }
    }
}

/// `OPTIONS /files/{id}/upload`: a browser asks before it sends.
pub async fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for_any_page((StatusCode::NO_CONTENT, headers).into_response())
}

fn for_any_page(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag"),
    );
    response
}

/// The bytes of an upload. A private one needs a signed address.
pub async fn content(
    sandbox: &Sandbox,
    file: StoredFile,
    permission: Permission,
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    if file.status(now_millis()) != UploadStatus::Ready {
        return Err(ApiError::NotFound("file"));
    }
    let is_private = file.is_private();
    let content_type = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let bytes = sandbox
        .store()
        .run(move |database| {
            let addresses = database.file_addresses();
            let is_permitted =
                addresses.permits(Purpose::Content, &file.id, &permission, now_seconds());
            if is_private && !is_permitted {
                return Err(ApiError::Forbidden(
                    "This file is private, and its address not good any more".to_owned(),
                ));
            }
            database
                .file_bytes(&file.id)?
                .ok_or(ApiError::NotFound("file"))
        })
        .await?;
    Ok(files::served(content_type, is_private, bytes, asked))
}

async fn store(
    sandbox: &Sandbox,
    id: String,
    permission: Permission,
    request: Request,
) -> Result<Result<String, Refusal>, ApiError> {
    let asked = id.clone();
    let file = sandbox
        .store()
        .run(move |database| {
            let addresses = database.file_addresses();
            if !addresses.permits(Purpose::Upload, &asked, &permission, now_seconds()) {
                return Ok(Err(Refusal::AccessDenied));
            }
            let file = database.file(&asked)?.filter(|file| file.upload.is_some());
            Ok::<_, ApiError>(file.ok_or(Refusal::NoSuchKey))
        })
        .await?;
    let file = match file {
        Ok(file) => file,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if file.status(now_millis()) != UploadStatus::Pending {
        return Ok(Err(Refusal::AlreadyThere));
    }
    let announced = request.headers().get(header::CONTENT_TYPE);
    if announced.is_none_or(|kind| kind.as_bytes() != file.content_type.as_bytes()) {
        return Ok(Err(Refusal::SignatureDoesNotMatch));
    }
    let bytes = match read(request, sandbox.options().upload_limit).await {
        Ok(bytes) => bytes,
        Err(Refusal::EntityTooLarge) => {
            keep(sandbox, file, Vec::new()).await?;
            return Ok(Err(Refusal::EntityTooLarge));
        }
        Err(refusal) => return Ok(Err(refusal)),
    };
    let tag = format!("\"{:016x}\"", bytes.len());
    keep(sandbox, file, bytes).await?;
    Ok(Ok(tag))
}

/// Reads a body up to the limit, and away what is longer, so that the client is still listening when it is refused.
async fn read(request: Request, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut stream = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::BrokenOff)?;
        length += chunk.len();
        if length <= limit {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
            if length > limit.saturating_mul(2) {
                break;
            }
        }
    }
    if length > limit {
        return Err(Refusal::EntityTooLarge);
    }
    Ok(bytes)
}

async fn keep(sandbox: &Sandbox, file: StoredFile, bytes: Vec<u8>) -> Result<(), DatabaseError> {
    let processing = sandbox.options().upload_processing;
    sandbox
        .store()
        .run(move |database| look_at(database, &file, &bytes, processing))
        .await
}

/// Stores the bytes and what they are, which takes so long as far as anybody can see. Nobody can use a file without any.
pub fn look_at(
    database: &Database,
    file: &StoredFile,
    bytes: &[u8],
    processing: Duration,
) -> Result<(), DatabaseError> {
    let found = kind::inspect(&file.content_type, bytes);
    let processing = i64::try_from(processing.as_millis()).unwrap_or(i64::MAX);
    let ready_at = now_millis().saturating_add(processing);
    database.receive_file(&file.id, bytes, found, ready_at)
}
