//! The request log, as its own workspace may read it.

use std::sync::Arc;

use sluice_model::command::Slice;
use sluice_model::outcome::RequestView;
use sluice_model::refusal::Noun;
use sluice_model::{Key, Outcome, Refusal, RequestId};
use sluice_store::requests::Request;

use super::sift::{page, sift};
use super::{Errand, Result};

impl Errand<'_> {
    pub(super) async fn requests(&self, refused: bool, slice: Slice) -> Result {
        let (key, store) = (self.key()?, &self.room.store);
        let read = |page| store.requests(key.workspace, refused, page);
        let requests = match key.account {
            None => read(page(slice)).await?,
            Some(own) => sift(slice, |request: &Request| request.account == Some(own), read).await?.0,
        };
        let keys = store.keys_of(key.workspace).await?;
        Ok(Outcome::Requests(requests.into_iter().map(|request| view(request, &keys)).collect()))
    }

    pub(super) async fn request(&self, id: RequestId) -> Result {
        let view = self.logged(id).await?.ok_or(Refusal::NotFound(Noun::Request))?;
        Ok(Outcome::Request(Box::new(view)))
    }

    /// A line of the log in reach of the key, while it is kept.
    pub(super) async fn logged(&self, id: RequestId) -> Result<Option<RequestView>> {
        let key = self.key()?;
        let request = self.room.store.request(key.workspace, id).await?;
        let request = request.filter(|request| key.account.is_none() || request.account == key.account);
        let Some(request) = request else { return Ok(None) };
        let keys = self.room.store.keys_of(key.workspace).await?;
        Ok(Some(view(request, &keys)))
    }
}

fn view(request: Request, keys: &[Arc<Key>]) -> RequestView {
    let key = keys.iter().find(|key| Some(key.id) == request.key);
    RequestView {
        id: request.id,
        at: request.at,
        dialect: request.dialect,
        endpoint: request.endpoint,
        method: request.method,
        path: request.path,
        status: request.status,
        took_ms: request.took_ms,
        address: request.address,
        key_prefix: key.map(|key| key.prefix.clone()),
        content_type: request.content_type,
        body: request.body,
        answer: request.answer,
        code: request.code,
    }
}
