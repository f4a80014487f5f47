use super::{Refusal, answered, read};
use crate::clock::now_seconds;
use crate::rest::{ApiError, PathOf, QueryOf};
use crate::signed_address::{Permission, Purpose};
use crate::state::Sandbox;
use axum::extract::{Request, State};
use axum::response::Response;
use sha2::{Digest as _, Sha256};

/// How long every part but the last has to be: the least that object stores take.
pub const PART_BYTES: usize = 5 * 1024 * 1024;
/// Bytes of a digest that make a tag.
const TAG_BYTES: usize = 16;

/// `PUT /files/{id}/parts/{number}`: one part of an upload, by whoever has its address. The last one that comes counts.
pub async fn receive(
    State(sandbox): State<Sandbox>,
    PathOf((id, number)): PathOf<(String, u32)>,
    QueryOf(permission): QueryOf<Permission>,
    request: Request,
) -> Result<Response, ApiError> {
    let asked = id.clone();
    let refusal = sandbox
        .store()
        .run(move |database| {
            let addresses = database.file_addresses();
            let purpose = Purpose::Part(number);
            if !addresses.permits(purpose, &asked, &permission, now_seconds()) {
                return Ok(Some(Refusal::AccessDenied));
            }
            let upload = database.multipart_upload(&asked)?;
            Ok::<_, ApiError>(upload.is_none().then_some(Refusal::NoSuchUpload))
        })
        .await?;
    if let Some(refusal) = refusal {
        return Ok(answered(Err(refusal)));
    }
    let bytes = match read(request, PART_BYTES).await {
        Ok(bytes) => bytes,
        Err(refusal) => return Ok(answered(Err(refusal))),
    };
    let digest = Sha256::digest(&bytes);
    let tag = format!("\"{}\"", hex::encode(&digest[..TAG_BYTES]));
    let kept = tag.clone();
    let stored = sandbox
        .store()
        .run(move |database| {
            // It may have been completed meanwhile.
            let is_open = database.multipart_upload(&id)?.is_some();
            if is_open {
                database.put_part(&id, number, &kept, &bytes)?;
            }
            Ok::<_, ApiError>(is_open)
        })
        .await?;
    Ok(answered(if stored {
        Ok(tag)
    } else {
        Err(Refusal::NoSuchUpload)
    }))
}
