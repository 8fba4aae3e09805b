//! Namespaces and projects as rows of a table.

use super::Cell;
use super::age::short_age;
use crate::api::{API_RESOURCES, ApiResource, Namespace, Resource as _, Time};

const DISPLAY_NAME: &str = "openshift.io/display-name";

/// The resource of objects of the kind `Namespace` or `Project`, or of a list of them.
pub(crate) fn namespace_resource(kind: &str) -> &'static ApiResource {
    let found = API_RESOURCES.iter().find(|resource| resource.kind == kind || resource.list_kind == Some(kind));
    found.unwrap_or(Namespace::API_RESOURCE)
}

/// The cells of a namespace; as a project it shows its name for people, and not its age.
pub(crate) fn namespace_cells(namespace: &Namespace, resource: &ApiResource, now: Time) -> Vec<Cell> {
    let Namespace { metadata, status, .. } = namespace;
    let (name, phase) = (Cell::text(&metadata.name), Cell::text(&status.phase));
    if resource.is_namespace() {
        let age = metadata.creation_timestamp.map_or_else(|| "<unknown>".to_owned(), |time| short_age(time, now));
        vec![name, phase, Cell::Text(age)]
    } else {
        let display_name = metadata.annotations.get(DISPLAY_NAME).map(String::as_str);
        vec![name, Cell::text(display_name.unwrap_or_default()), phase]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_shows_its_display_name() {
        let mut namespace = Namespace::default();
        namespace.metadata.name = "shop".to_owned();
        namespace.status.phase = "Active".to_owned();
        let cells = |namespace: &Namespace, kind: &str| {
            let resource = namespace_resource(kind);
            let cells = namespace_cells(namespace, resource, Time::from_unix(200));
            assert_eq!(cells.len(), resource.columns.len(), "{kind}");
            cells
        };
        let text = Cell::text;
        assert_eq!(cells(&namespace, "NamespaceList"), [text("shop"), text("Active"), text("<unknown>")]);
        namespace.metadata.creation_timestamp = Some(Time::from_unix(0));
        assert_eq!(cells(&namespace, "Namespace"), [text("shop"), text("Active"), text("3m20s")]);
        namespace.metadata.annotations.insert(DISPLAY_NAME.to_owned(), "The shop".to_owned());
        assert_eq!(cells(&namespace, "Project"), [text("shop"), text("The shop"), text("Active")]);
    }
}
