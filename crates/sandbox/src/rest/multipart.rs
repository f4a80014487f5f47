use super::files::entity;
use super::version::ApiVersion;
use super::{ApiError, Caller, JsonBody, PathOf};
use crate::clock::{new_id, now_seconds};
use crate::database::{Database, MultipartUpload, StoredFile, StoredPart};
use crate::signed_address::Purpose;
use crate::state::Sandbox;
use crate::uploads::{ADDRESS_SECONDS, PART_BYTES, look_at};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use wire::rest::File;

/// The most parts of an upload.
const MOST_PARTS: u64 = 10_000;

/// How many parts a file of that length has.
///
/// # Errors
/// 400 when it isn't said, or is no length for parts.
pub fn announced(byte_size: Option<u64>, sandbox: &Sandbox) -> Result<u32, ApiError> {
    let byte_size = byte_size
        .ok_or_else(|| ApiError::bad_request("byte_size is needed where multipart is true"))?;
    let part_bytes = PART_BYTES as u64;
    if byte_size <= part_bytes {
        return Err(ApiError::bad_request(format!(
            "A file in parts must be larger than {part_bytes} bytes"
        )));
    }
    let limit = sandbox.options().upload_limit as u64;
    if byte_size > limit.min(MOST_PARTS * part_bytes) {
        return Err(ApiError::bad_request(format!(
            "The sandbox takes files of {limit} bytes at the most; --upload-limit allows more"
        )));
    }
    u32::try_from(byte_size.div_ceil(part_bytes))
        .map_err(|_| ApiError::bad_request("byte_size is too large"))
}

/// Opens an upload of so many parts, and tells the file's creator where to send them.
pub fn open(database: &Database, file: &mut File, part_count: u32) -> Result<(), ApiError> {
    let upload = MultipartUpload {
        id: new_id("mpu_"),
        part_count,
    };
    database.add_multipart_upload(&file.id, &upload)?;
    let expires = now_seconds() + ADDRESS_SECONDS;
    let addresses = database.file_addresses();
    let part = |number| {
        let url = addresses.signed(Purpose::Part(number), &file.id, expires);
        json!({"part_number": number, "url": url})
    };
    let parts: Vec<_> = (1..=part_count).map(part).collect();
    for (name, value) in [
        ("upload_url", json!(null)),
        ("upload_headers", json!(null)),
        ("multipart_upload_id", json!(upload.id)),
        ("multipart_chunk_size", json!(PART_BYTES)),
        ("multipart_upload_urls", json!(parts)),
    ] {
        file.extra.insert(name, value);
    }
    Ok(())
}

/// The body of `POST /files/{id}/complete`.
#[derive(Debug, Deserialize)]
pub struct Complete {
    multipart_upload_id: String,
    multipart_parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    part_number: u32,
    etag: String,
}

/// `POST /files/{id}/complete`: puts the parts together, once all have come.
pub async fn complete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<Complete>,
) -> Result<Json<File>, ApiError> {
    let processing = sandbox.options().upload_processing;
    sandbox
        .store()
        .run(move |database| {
            let file = own_file(database, &caller, &id)?;
            let upload = database.multipart_upload(&id)?;
            let upload = upload
                .filter(|upload| upload.id == body.multipart_upload_id)
                .ok_or_else(|| {
                    ApiError::bad_request("There is no such upload, or it is complete")
                })?;
            check(&upload, &database.parts(&id)?, &body.multipart_parts)?;
            let bytes = database.take_parts(&id)?;
            look_at(database, &file, &bytes, processing)?;
            let file = own_file(database, &caller, &id)?;
            Ok(Json(entity(database, file, version)))
        })
        .await
}

fn own_file(database: &Database, caller: &Caller, id: &str) -> Result<StoredFile, ApiError> {
    database
        .file(id)?
        .filter(|file| file.is_of(&caller.user.id))
        .ok_or(ApiError::NotFound("file"))
}

/// 400 unless the named parts are all that there are to be, in order, as they came, and long enough.
fn check(upload: &MultipartUpload, stored: &[StoredPart], named: &[Part]) -> Result<(), ApiError> {
    let numbers = named.iter().map(|part| part.part_number);
    if !numbers.eq(1..=upload.part_count) {
        return Err(ApiError::bad_request(format!(
            "multipart_parts must name the parts 1 to {} in order",
            upload.part_count
        )));
    }
    for part in named {
        let found = stored
            .iter()
            .find(|stored| stored.number == part.part_number)
            .ok_or_else(|| {
                ApiError::bad_request(format!("Part {} has not come", part.part_number))
            })?;
        if found.tag.trim_matches('"') != part.etag.trim_matches('"') {
            return Err(ApiError::bad_request(format!(
                "Part {} has another ETag",
                part.part_number
            )));
        }
        let is_last = part.part_number == upload.part_count;
        if !is_last && found.byte_size != PART_BYTES as u64 {
            return Err(ApiError::bad_request(format!(
                "Part {} must have {PART_BYTES} bytes",
                part.part_number
            )));
        }
    }
    Ok(())
}
