//! Request options: the query, and the body of a deletion.

use http::HeaderMap;
use http::header::USER_AGENT;

use super::decode::{InputForm, JsonBody, is_registered};
use crate::api::{GROUP, TypeMeta};
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::json::{self, Names, members};
use crate::quote::{Quoted, is_printable};
use crate::rules::{BadValue, FieldError, Path};
use crate::{DeleteParams, FieldValidation, PatchParams, Preconditions};

/// The maximum length of a field manager's name in bytes.
const MAX_FIELD_MANAGER: usize = 128;
/// The propagation policies of a deletion.
const PROPAGATION_POLICIES: [&str; 3] = ["Foreground", "Background", "Orphan"];

/// The query of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value with this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A boolean: true unless its value is `false` or `0`.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse().map_err(|error: std::num::ParseIntError| {
            Error::bad_request(format!("strconv.ParseInt: parsing {}: {}", Quoted(text), reason(&error)))
        })?;
        Ok(Some(number))
    }
}

/// Go's reason why a number is invalid.
pub(super) fn reason(error: &std::num::ParseIntError) -> &'static str {
    match error.kind() {
        std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => "value out of range",
        _ => "invalid syntax",
    }
}

/// Options for creating or replacing an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WriteOptions {
    pub(super) dry_run: bool,
    pub(super) field_validation: FieldValidation,
    /// Empty if the query has none.
    pub(super) field_manager: String,
}

/// The options of a creation; `ValidateCreateOptions`.
pub(super) fn create_options(query: &Query) -> Result<WriteOptions> {
    write_options(query, "CreateOptions")
}

/// The options of a replacement; `ValidateUpdateOptions`.
pub(super) fn update_options(query: &Query) -> Result<WriteOptions> {
    write_options(query, "UpdateOptions")
}

/// The options of a patch, or of an apply; `ValidatePatchOptions`.
pub(super) fn patch_params(query: &Query, apply: bool) -> Result<PatchParams> {
    let manager = query.get("fieldManager").unwrap_or_default();
    let force = query.switch("force");
    let mut errors = Vec::new();
    if apply && manager.is_empty() {
        errors.push(Path::ROOT.child("fieldManager").required("is required for apply patch"));
    }
    if !apply && force.is_some() {
        errors.push(Path::ROOT.child("force").forbidden("may not be specified for non-apply patch"));
    }
    let WriteOptions { dry_run, field_validation, field_manager } = write_options_after(query, "PatchOptions", errors)?;
    Ok(PatchParams {
        dry_run,
        field_validation,
        field_manager,
        force: force.unwrap_or_default(),
        ..PatchParams::default()
    })
}

fn write_options(query: &Query, kind: &'static str) -> Result<WriteOptions> {
    write_options_after(query, kind, Vec::new())
}

fn write_options_after(query: &Query, kind: &'static str, mut errors: Vec<FieldError>) -> Result<WriteOptions> {
    let dry_run: Vec<_> = query.all("dryRun").collect();
    let validation = query.get("fieldValidation").unwrap_or_default();
    let field_validation = match validation {
        "" | "Warn" => Ok(FieldValidation::Warn),
        "Ignore" => Ok(FieldValidation::Ignore),
        "Strict" => Ok(FieldValidation::Strict),
        _ => {
            let supported = ["", "Ignore", "Strict", "Warn"];
            Err(Path::ROOT.child("fieldValidation").not_supported(validation, &supported))
        }
    };
    let field_manager = query.get("fieldManager").unwrap_or_default();
    errors.extend(check_field_manager(field_manager));
    errors.extend(check_dry_run(&dry_run));
    match field_validation {
        Ok(field_validation) if errors.is_empty() => {
            let field_manager = field_manager.to_owned();
            Ok(WriteOptions { dry_run: !dry_run.is_empty(), field_validation, field_manager })
        }
        field_validation => {
            errors.extend(field_validation.err());
            Err(invalid(kind, errors))
        }
    }
}

/// The options of a deletion, from the body, or from the query if there is no body; `ValidateDeleteOptions`.
pub(super) fn delete_params(query: &Query, body: &[u8], form: InputForm) -> Result<DeleteParams> {
    let options = if body.is_empty() { DeleteOptions::of_query(query)? } else { DeleteOptions::of_body(body, form)? };
    let field = Path::ROOT.child("propagationPolicy");
    let mut errors = Vec::new();
    if let (Some(policy), Some(_)) = (&options.propagation_policy, options.orphan_dependents) {
        errors.push(field.invalid(policy, "orphanDependents and deletionPropagation cannot be both set"));
    }
    // No object depends on another one, so a policy is validated and has no effect.
    if let Some(policy) = &options.propagation_policy
        && !PROPAGATION_POLICIES.contains(&policy.as_str())
    {
        errors.push(field.not_supported(policy.as_str(), &["Foreground", "Background", "Orphan", "nil"]));
    }
    let dry_run: Vec<_> = options.dry_run.iter().map(String::as_str).collect();
    errors.extend(check_dry_run(&dry_run));
    if !errors.is_empty() {
        return Err(invalid("DeleteOptions", errors));
    }
    let DeleteOptions { preconditions, .. } = options;
    let preconditions = preconditions.unwrap_or_default();
    Ok(DeleteParams {
        dry_run: !dry_run.is_empty(),
        preconditions: Preconditions { uid: preconditions.uid, resource_version: preconditions.resource_version },
    })
}

/// The Kubernetes `DeleteOptions`. The grace period has no effect: images and streams are not running.
#[derive(Debug, Default)]
struct DeleteOptions {
    preconditions: Option<DeletePreconditions>,
    orphan_dependents: Option<bool>,
    propagation_policy: Option<String>,
    dry_run: Vec<String>,
}

members!(DeleteOptions as "DeleteOptions" {
    "preconditions" => preconditions,
    "orphanDependents" => orphan_dependents,
    "propagationPolicy" => propagation_policy,
    "dryRun" => dry_run,
});

#[derive(Debug, Default)]
struct DeletePreconditions {
    uid: Option<String>,
    resource_version: Option<String>,
}

members!(DeletePreconditions as "Preconditions" {
    "uid" => uid,
    "resourceVersion" => resource_version,
});

impl DeleteOptions {
    const KIND: &'static str = "DeleteOptions";

    fn of_query(query: &Query) -> Result<Self> {
        query.number("gracePeriodSeconds")?;
        Ok(Self {
            preconditions: None,
            orphan_dependents: query.switch("orphanDependents"),
            propagation_policy: query.get("propagationPolicy").map(str::to_owned),
            dry_run: query.all("dryRun").map(str::to_owned).collect(),
        })
    }

    /// Parity: an undecodable body is a server error without a reason.
    fn of_body(body: &[u8], form: InputForm) -> Result<Self> {
        let JsonBody { json, .. } = JsonBody::read(body, form).map_err(ErrorKind::Unclassified)?;
        let claim = TypeMeta::of(&json).map_err(ErrorKind::Unclassified)?.or(Self::KIND, "", "v1");
        let is_meta = claim.group == "meta.k8s.io" && claim.version == "v1" && claim.kind == Self::KIND;
        if !is_meta && !is_registered(&claim, GROUP) {
            return Err(Error::unclassified(claim.not_registered()));
        }
        if claim.kind != Self::KIND {
            return Err(Error::unclassified("decoded object cannot be converted to DeleteOptions"));
        }
        json::decode(&json, Names::Exact).map_err(|error| Error::unclassified(error.to_string()))
    }
}

/// `ValidateFieldManager`
fn check_field_manager(manager: &str) -> Vec<FieldError> {
    let field = Path::ROOT.child("fieldManager");
    let too_long = (manager.len() > MAX_FIELD_MANAGER).then(|| field.too_long(MAX_FIELD_MANAGER));
    let unprintable = manager.char_indices().filter(|(_, character)| !is_printable(*character));
    let unprintable = unprintable.map(|(at, character)| {
        let code = u32::from(character);
        field.invalid(manager, format!("invalid character U+{code:04X} (at position {at})"))
    });
    too_long.into_iter().chain(unprintable).collect()
}

/// The field manager of a request without one: the part of the user agent before the first `/`, cut to a valid name.
pub(super) fn manager_of_user_agent(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes())).unwrap_or_default();
    let mut manager = String::new();
    for character in agent.split('/').next().unwrap_or_default().chars().filter(|character| is_printable(*character)) {
        if manager.len() + character.len_utf8() > MAX_FIELD_MANAGER {
            break;
        }
        manager.push(character);
    }
    if manager.is_empty() { "unknown".to_owned() } else { manager }
}

/// `ValidateDryRun`: every value must be `All`.
fn check_dry_run(values: &[&str]) -> Option<FieldError> {
    let all = values.iter().all(|value| *value == "All");
    (!all).then(|| Path::ROOT.child("dryRun").not_supported(BadValue::json(&values), &["All"]))
}

pub(super) fn invalid(kind: &'static str, causes: Vec<FieldError>) -> Error {
    Error::invalid(Subject::Options(kind), "", causes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(query: &str) -> Result<(bool, FieldValidation), String> {
        let options = create_options(&Query::parse(query)).map_err(|error| error.to_string())?;
        Ok((options.dry_run, options.field_validation))
    }

    fn delete(query: &str, body: &str) -> Result<DeleteParams, (i32, String)> {
        delete_params(&Query::parse(query), body.as_bytes(), InputForm::Json)
            .map_err(|error| (error.status().code, error.to_string()))
    }

    #[test]
    fn a_query_is_decoded() {
        let query = Query::parse("a=%C3%A4+b&c&a=2&=&d=x=y");
        assert_eq!(
            (query.get("a"), query.get("c"), query.get("d"), query.get("e")),
            (Some("\u{e4} b"), Some(""), Some("x=y"), None)
        );
        let on = |query: &str| Query::parse(query).switch("w");
        assert_eq!(
            [on("w"), on("w=1"), on("w=no"), on("w=0"), on("w=False"), on("")],
            [Some(true), Some(true), Some(true), Some(false), Some(false), None]
        );
    }

    #[test]
    fn applied_patches_have_a_manager_and_may_be_forced() {
        let patch = |query: &str, apply| {
            let params = patch_params(&Query::parse(query), apply).map_err(|error| error.to_string())?;
            Ok::<_, String>((params.dry_run, params.field_manager, params.force))
        };
        assert_eq!(patch("fieldManager=one&force=true", true), Ok((false, "one".to_owned(), true)));
        assert_eq!(patch("dryRun=All", false), Ok((true, String::new(), false)));
        assert_eq!(
            patch("", true),
            Err("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
                .to_owned())
        );
        assert_eq!(
            patch("force=false", false),
            Err("PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
                .to_owned())
        );
    }

    #[test]
    fn writes_have_dry_run_and_field_validation() {
        assert_eq!(create(""), Ok((false, FieldValidation::Warn)));
        assert_eq!(
            create("dryRun=All&dryRun=All&fieldValidation=Ignore&fieldValidation=Strict"),
            Ok((true, FieldValidation::Ignore))
        );
        assert_eq!(create("fieldValidation=&fieldManager=me"), Ok((false, FieldValidation::Warn)));
        for (query, error) in [
            ("dryRun=bogus", r#"dryRun: Unsupported value: ["bogus"]: supported values: "All""#),
            ("dryRun=", r#"dryRun: Unsupported value: [""]: supported values: "All""#),
            ("dryRun=all", r#"dryRun: Unsupported value: ["all"]: supported values: "All""#),
            (
                "fieldValidation=strict",
                r#"fieldValidation: Unsupported value: "strict": supported values: "", "Ignore", "Strict", "Warn""#,
            ),
            (
                "dryRun=x&fieldValidation=y",
                r#"[dryRun: Unsupported value: ["x"]: supported values: "All", fieldValidation: Unsupported value: "y": supported values: "", "Ignore", "Strict", "Warn"]"#,
            ),
        ] {
            assert_eq!(create(query), Err(format!("CreateOptions.meta.k8s.io \"\" is invalid: {error}")));
        }
        let long = "m".repeat(129);
        let error = update_options(&Query::parse(&format!("fieldManager={long}"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "UpdateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes"
        );
        assert!(
            create("fieldManager=a%0Ab")
                .unwrap_err()
                .ends_with(r#"fieldManager: Invalid value: "a\nb": invalid character U+000A (at position 1)"#)
        );
    }

    #[test]
    fn the_body_of_a_deletion_takes_precedence_over_its_query() {
        let dry = DeleteParams { dry_run: true, ..DeleteParams::default() };
        assert_eq!(delete("dryRun=All", ""), Ok(dry.clone()));
        assert_eq!(delete("dryRun=All", "{}"), Ok(DeleteParams::default()));
        assert_eq!(delete("", r#"{"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]}"#), Ok(dry));
        let body = r#"{"kind": "DeleteOptions", "apiVersion": "image.openshift.io/v1", "gracePeriodSeconds": 0,
            "preconditions": {"uid": "u", "resourceVersion": "5"}}"#;
        let preconditions = Preconditions { uid: Some("u".to_owned()), resource_version: Some("5".to_owned()) };
        assert_eq!(delete("", body), Ok(DeleteParams { preconditions, ..DeleteParams::default() }));
        for policy in ["propagationPolicy=Foreground", "propagationPolicy=Orphan", "orphanDependents=true"] {
            assert_eq!(delete(policy, ""), Ok(DeleteParams::default()), "{policy}");
        }
    }

    #[test]
    fn invalid_options_of_a_deletion_are_refused() {
        let invalid = |error: &str| Err((422, format!("DeleteOptions.meta.k8s.io \"\" is invalid: {error}")));
        assert_eq!(
            delete("", r#"{"propagationPolicy": "Nope"}"#),
            invalid(
                r#"propagationPolicy: Unsupported value: "Nope": supported values: "Foreground", "Background", "Orphan", "nil""#
            )
        );
        assert_eq!(
            delete("orphanDependents=true&propagationPolicy=Background", ""),
            invalid(
                r#"propagationPolicy: Invalid value: "Background": orphanDependents and deletionPropagation cannot be both set"#
            )
        );
        assert_eq!(delete("dryRun=x", ""), invalid(r#"dryRun: Unsupported value: ["x"]: supported values: "All""#));
        assert_eq!(
            delete("", r#"{"kind": "Nope", "apiVersion": "v1"}"#),
            Err((
                500,
                r#"no kind "Nope" is registered for version "v1" in scheme "pkg/runtime/scheme.go:110""#.to_owned()
            ))
        );
        assert_eq!(delete("", r#"{"kind": "Status", "apiVersion": "v1"}"#).unwrap_err().0, 500);
        assert_eq!(
            delete("gracePeriodSeconds=x", ""),
            Err((400, r#"strconv.ParseInt: parsing "x": invalid syntax"#.to_owned()))
        );
    }
}
