//! Templates of workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_model::{Template, WorkspaceId};

use crate::Fault;

#[async_trait]
pub trait Templates: Send + Sync {
    /// False when the workspace has one of this name already; then nothing changes.
    async fn add_template(&self, new: Template) -> Result<bool, Fault>;

    async fn template(&self, workspace: WorkspaceId, name: &str) -> Result<Option<Arc<Template>>, Fault>;

    /// By name.
    async fn templates_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Template>>, Fault>;

    /// Puts it in the place of the one of its name, whose time of making stays. False when there is none.
    async fn change_template(&self, template: Template) -> Result<bool, Fault>;

    /// False when the workspace has no such template.
    async fn remove_template(&self, workspace: WorkspaceId, name: &str) -> Result<bool, Fault>;
}
