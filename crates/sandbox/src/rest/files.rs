use super::multipart;
use super::paging::{Paging, cursor};
use super::version::ApiVersion;
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{new_id, now_millis, now_seconds};
use crate::company;
use crate::database::{Database, Position, StoredFile, Upload, page_of};
use crate::signed_address::Purpose;
use crate::state::Sandbox;
use crate::uploads::{ADDRESS_SECONDS, kind};
use axum::Json;
use axum::extract::State;
use serde_json::json;
use wire::Timestamp;
use wire::rest::{File, FileCreate, FileVisibility, Page, UploadStatus};

/// Files of one request that are looked for.
const MOST_ASKED: usize = 250;

/// `POST /files`: where to send the bytes to.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    JsonBody(body): JsonBody<FileCreate>,
) -> Result<Json<File>, ApiError> {
    let filename = checked_filename(&body.filename)?;
    let is_private = match body.visibility {
        None | Some(FileVisibility::Private) => true,
        Some(FileVisibility::Public) => false,
        Some(FileVisibility::Unknown(value)) => {
            return Err(ApiError::bad_request(format!(
                "visibility can't be {value:?}"
            )));
        }
    };
    let parts = match body.multipart {
        Some(true) => Some(multipart::announced(body.byte_size, &sandbox)?),
        _ => None,
    };
    sandbox
        .store()
        .run(move |database| {
            let stored = StoredFile {
                id: new_id("file_").into(),
                content_type: kind::by_name(&filename).to_owned(),
                filename,
                width: None,
                height: None,
                byte_size: 0,
                upload: Some(Upload {
                    creator_id: caller.user.id,
                    is_private,
                    created_at: now_millis(),
                    ready_at: None,
                    is_unusable: false,
                }),
            };
            database.add_file(&stored)?;
            if let Some(parts) = parts {
                let mut file = entity(database, stored, version);
                multipart::open(database, &mut file, parts)?;
                return Ok(Json(file));
            }
            let expires = now_seconds() + ADDRESS_SECONDS;
            let address = database
                .file_addresses()
                .signed(Purpose::Upload, &stored.id, expires);
            let mut file = entity(database, stored, version);
            file.extra.insert("upload_url", json!(address));
            file.extra
                .insert("upload_headers", json!({"content-type": file.content_type}));
            Ok(Json(file))
        })
        .await
}

/// `GET /files/{id}`: only those who made it.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    PathOf(id): PathOf<String>,
) -> Result<Json<File>, ApiError> {
    sandbox
        .store()
        .run(move |database| {
            let file = database
                .file(&id)?
                .filter(|file| file.is_of(&caller.user.id))
                .ok_or(ApiError::NotFound("file"))?;
            Ok(Json(entity(database, file, version)))
        })
        .await
}

/// `GET /files?file_ids`: those of them that the caller made, the newest first.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    QueryOf(query): QueryOf<Vec<(String, String)>>,
) -> Result<Json<Page<File>>, ApiError> {
    let ids: Vec<String> = query
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "file_ids" | "file_ids[]"))
        .flat_map(|(_, ids)| ids.split(','))
        .map(ToOwned::to_owned)
        .collect();
    if ids.len() > MOST_ASKED {
        return Err(ApiError::bad_request(format!(
            "file_ids takes {MOST_ASKED} ids at the most"
        )));
    }
    let window = Paging::from_pairs(&query).window()?;
    sandbox
        .store()
        .run(move |database| {
            let mut files = Vec::new();
            for id in &ids {
                files.extend(
                    database
                        .file(id)?
                        .filter(|file| file.is_of(&caller.user.id)),
                );
            }
            let position = |file: &StoredFile| Position {
                order: -file.upload.as_ref().map_or(0, |upload| upload.created_at),
                id: file.id.to_string(),
            };
            files.sort_by_key(position);
            files.dedup_by(|one, other| one.id == other.id);
            Ok(Json(page_of(files, &window, position, cursor, |file| {
                entity(database, file, version)
            })))
        })
        .await
}

/// 400 when a name is none, or would be trouble where it is shown or stored.
fn checked_filename(filename: &str) -> Result<String, ApiError> {
    const LONGEST: usize = 255;
    let filename = filename.trim();
    if filename.is_empty()
        || filename.len() > LONGEST
        || filename.contains(|character: char| character.is_control() || "/\\".contains(character))
    {
        return Err(ApiError::bad_request(format!(
            "filename needs 1 to {LONGEST} bytes, without slashes"
        )));
    }
    Ok(filename.to_owned())
}

pub(super) fn entity(database: &Database, stored: StoredFile, version: ApiVersion) -> File {
    let status = stored.status(now_millis());
    let is_ready = status == UploadStatus::Ready;
    let visibility = if stored.is_private() {
        "private"
    } else {
        "public"
    };
    let mut extra = wire::Extra::default();
    extra.insert("visibility", json!(visibility));
    let size = is_ready.then_some(stored.byte_size);
    match version {
        // A string: so Whop wrote large integers.
        ApiVersion::July => extra.insert("size", json!(size.map(|size| size.to_string()))),
        ApiVersion::October => {
            let created_at = stored.upload.as_ref().map(|upload| upload.created_at);
            let created_at = Timestamp::from_unix_millis(created_at.unwrap_or(company::FOUNDED));
            extra.insert("size", json!(size));
            extra.insert("created_at", json!(created_at));
            extra.insert("object", json!("file"));
            extra.insert("removed_by_moderation", json!(false));
            extra.insert("width", json!(stored.width.filter(|_| is_ready)));
            extra.insert("height", json!(stored.height.filter(|_| is_ready)));
        }
    }
    File {
        url: is_ready.then(|| database.file_address(&stored)),
        id: stored.id,
        filename: Some(stored.filename),
        content_type: Some(stored.content_type),
        upload_status: status,
        extra,
    }
}
