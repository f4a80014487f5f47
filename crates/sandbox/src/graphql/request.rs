use crate::company;
use crate::host::visitor;
use crate::rest::{ApiError, Caller, JsonBody};
use crate::state::Sandbox;
use async_graphql::{Request, Variables};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The documents of `@whop/api`'s operations.
const OPERATIONS: [(&str, &str); 13] = [
    (
        "checkIfUserHasAccessToAccessPass",
        include_str!("operations/check_access_to_access_pass.graphql"),
    ),
    (
        "checkIfUserHasAccessToCompany",
        include_str!("operations/check_access_to_company.graphql"),
    ),
    (
        "checkIfUserHasAccessToExperience",
        include_str!("operations/check_access_to_experience.graphql"),
    ),
    (
        "createForumPost",
        include_str!("operations/create_forum_post.graphql"),
    ),
    (
        "findOrCreateChat",
        include_str!("operations/find_or_create_chat.graphql"),
    ),
    (
        "findOrCreateForum",
        include_str!("operations/find_or_create_forum.graphql"),
    ),
    (
        "getCurrentUser",
        include_str!("operations/get_current_user.graphql"),
    ),
    ("getUser", include_str!("operations/get_user.graphql")),
    (
        "listDirectMessageConversations",
        include_str!("operations/list_direct_message_conversations.graphql"),
    ),
    (
        "listForumPostsFromForum",
        include_str!("operations/list_forum_posts.graphql"),
    ),
    (
        "listMessagesFromChat",
        include_str!("operations/list_messages.graphql"),
    ),
    (
        "sendDirectMessageToUser",
        include_str!("operations/send_direct_message.graphql"),
    ),
    (
        "sendMessageToChat",
        include_str!("operations/send_message.graphql"),
    ),
];

/// The body: a document, or the name of one that Whop keeps.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    query: Option<String>,
    operation_name: Option<String>,
    operation_id: Option<String>,
    variables: Option<Value>,
}

/// `POST /public-graphql`: with the API key (and `x-on-behalf-of` somebody), or with a token.
pub async fn of_server(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Result<JsonBody<Body>, ApiError>,
) -> Response {
    let caller = Caller::from_headers(&headers, &sandbox).await;
    answer(&sandbox, &headers, caller, body).await
}

/// `POST /_whop/public-graphql` on the app's origin: as the visitor whom that origin's cookie names.
pub async fn of_browser(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Result<JsonBody<Body>, ApiError>,
) -> Response {
    let caller = browser_caller(&sandbox, &headers).await;
    answer(&sandbox, &headers, caller, body).await
}

async fn browser_caller(sandbox: &Sandbox, headers: &HeaderMap) -> Result<Caller, ApiError> {
    // Browsers send the cookie whoever asks.
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin
            .to_str()
            .is_ok_and(|origin| sandbox.addresses().is_app_origin(origin))
    {
        return Err(ApiError::Forbidden(
            "Only pages of the app's origin can ask here".to_owned(),
        ));
    }
    let user = visitor(sandbox, headers).await?;
    user.map(Caller::of_visitor).ok_or(ApiError::Unauthorized(
        "Nobody is signed in here; open the app from the host page",
    ))
}

async fn answer(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    caller: Result<Caller, ApiError>,
    body: Result<JsonBody<Body>, ApiError>,
) -> Response {
    let request = caller.and_then(|caller| {
        sandbox.check_graphql_rate(&caller.user.id)?;
        if headers
            .get("x-company-id")
            .is_some_and(|id| id != company::COMPANY_ID)
        {
            return Err(ApiError::NotFound("company"));
        }
        let JsonBody(body) = body?;
        Ok(request(body)?.data(caller))
    });
    match request {
        Ok(request) => {
            let request = request.data(sandbox.clone());
            Json(sandbox.graphql().answer(request).await).into_response()
        }
        Err(error) => refusal(error),
    }
}

fn request(body: Body) -> Result<Request, ApiError> {
    let document = match (body.query, &body.operation_id) {
        (Some(document), _) => document,
        (None, Some(_)) => {
            let name = body.operation_name.as_deref().unwrap_or_default();
            OPERATIONS
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, document)| (*document).to_owned())
                .ok_or_else(|| {
                    ApiError::bad_request(format!(
                        "The sandbox has no document for the operation {name:?}"
                    ))
                })?
        }
        (None, None) => {
            return Err(ApiError::bad_request(
                "Send a query, or an operationId with its operationName",
            ));
        }
    };
    let variables = Variables::from_json(body.variables.unwrap_or_default());
    let request = Request::new(document).variables(variables);
    Ok(match body.operation_name {
        Some(name) => request.operation_name(name),
        None => request,
    })
}

/// The status and headers as everywhere, the body in GraphQL's shape.
fn refusal(error: ApiError) -> Response {
    let (message, code) = (error.to_string(), error.code());
    let plain = error.into_response();
    let status = match plain.status() {
        // Understood, and answered: the answer is an error.
        StatusCode::NOT_FOUND => StatusCode::OK,
        status => status,
    };
    let body =
        json!({"data": null, "errors": [{"message": message, "extensions": {"code": code}}]});
    let mut response = (status, Json(body)).into_response();
    if let Some(after) = plain.headers().get(header::RETRY_AFTER) {
        let after: HeaderValue = after.clone();
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}
