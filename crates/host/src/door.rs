//! The doors of a service: which operation a request means, and whether its table of access lets
//! the asker in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::ensure;
use axum::http::{HeaderMap, Method, StatusCode};
use utoipa::openapi::{OpenApi, path::PathItem};
use wire::{
    HOUSE_HEADER, Pass, Problem, Rule, Signed, Verifier,
    access::{Reach, Who},
};

use crate::Part;

/// An operation of an OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{parameters}`.
    pub path: String,
}

/// The operations of a document, in its order.
pub fn operations(document: &OpenApi) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in methods(item) {
            let id = operation.operation_id.clone().unwrap_or_default();
            found.push(Operation { id, method, path: path.clone() });
        }
    }
    found
}

fn methods(item: &PathItem) -> Vec<(Method, &utoipa::openapi::path::Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, found)| Some((method, found.as_ref()?))).collect()
}

/// The scope that a machine needs for an operation; none where nobody is asked for a token, or
/// where people only may call it.
pub fn scope(service: &str, rule: &Rule, method: &Method) -> Option<String> {
    let for_roles = match rule.who {
        Who::Anyone(more) | Who::Roles(more) => !more.is_empty(),
        Who::SignedIn | Who::Proof(_) => false,
    };
    let what = if method == Method::GET { "read" } else { "write" };
    for_roles.then(|| format!("{service}:{what}"))
}

/// Who comes in where.
pub(crate) struct Doors {
    pub service: &'static str,
    by_path: HashMap<String, BTreeMap<String, &'static Rule>>,
    pub undocumented: bool,
}

impl Doors {
    /// The doors of a service. Every operation needs a rule, and every rule an operation.
    pub fn of(part: &Part) -> anyhow::Result<Self> {
        let rules: BTreeMap<&str, &'static Rule> =
            part.access.iter().map(|rule| (rule.operation, rule)).collect();
        ensure!(rules.len() == part.access.len(), "{} has two rules for one operation", part.name);
        let (mut by_path, mut used) = (HashMap::<_, BTreeMap<_, _>>::new(), BTreeSet::new());
        for operation in operations(&(part.open_api)()) {
            let rule = rules.get(operation.id.as_str()).copied();
            let rule = rule.ok_or_else(|| {
                anyhow::anyhow!("nobody said who may call {} of {}", operation.id, part.name)
            })?;
            used.insert(rule.operation);
            let methods = by_path.entry(operation.path).or_default();
            methods.insert(operation.method.to_string(), rule);
        }
        let idle = rules.keys().find(|name| !used.contains(**name));
        ensure!(idle.is_none(), "{} has a rule for {idle:?}, which is no operation", part.name);
        Ok(Self { service: part.name, by_path, undocumented: part.undocumented })
    }

    /// Whether it makes a difference anywhere whose access token comes.
    pub fn take_tokens(&self) -> bool {
        self.by_path.values().flat_map(BTreeMap::values).any(|rule| rule.wants_tokens())
    }

    /// Who asks for which operation, where it wants to know; a refusal for whom it is not.
    pub fn admit(
        &self,
        verifier: &Verifier,
        (path, whole): (Option<&str>, &str),
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Option<(Signed, &'static str)>, Problem> {
        let methods = match path {
            Some(path) if path.starts_with("/internal/") => {
                let token = headers.get(HOUSE_HEADER).and_then(|value| value.to_str().ok());
                return verifier.house(token.unwrap_or_default()).map(|_| None);
            }
            Some(path) => self.by_path.get(path).or_else(|| self.meant(whole)),
            // The gateway takes whatever is asked for, so its own paths are known by that.
            None if self.undocumented => self.meant(whole),
            // No path of ours: the router says that there is none.
            None => return Ok(None),
        };
        let Some(methods) = methods else {
            return if self.undocumented { Ok(None) } else { Err(Problem::not_found("path")) };
        };
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let Some(rule) = methods.get(wanted.as_str()) else {
            return if self.undocumented { Ok(None) } else { Err(no_such_method()) };
        };
        let asker = self.ask(verifier, rule, wanted, headers)?;
        Ok(asker.map(|asker| (asker, rule.operation)))
    }

    /// The operations at a path that was asked for, by method.
    fn meant(&self, whole: &str) -> Option<&BTreeMap<String, &'static Rule>> {
        let found = self.by_path.iter().find(|(template, _)| fits(template, whole));
        found.map(|(_, methods)| methods)
    }

    fn ask(
        &self,
        verifier: &Verifier,
        rule: &Rule,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Option<Signed>, Problem> {
        let token = wire::bearer(headers);
        match (rule.who, token) {
            (Who::Proof(_) | Who::Anyone([]), _) | (Who::Anyone(_), None) => return Ok(None),
            (_, None) => return Err(Problem::sign_in_first()),
            (_, Some(_)) => {}
        }
        let pass = verifier.pass(token.unwrap_or_default())?;
        let Some(reach) = self.reach(rule, method, &pass)? else {
            let who: BTreeSet<&str> = rule.grants().map(|grant| grant.kind.name()).collect();
            let who = who.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Problem::forbidden(&format!(
                "Your roles do not allow this. It is for: {who}."
            )));
        };
        Ok(Some(Signed { pass, reach }))
    }

    /// What the pass reaches: within its scopes, where it is a machine's.
    fn reach(&self, rule: &Rule, method: &Method, pass: &Pass) -> Result<Option<Reach>, Problem> {
        if let Some(scopes) = &pass.scopes {
            let wanted = scope(self.service, rule, method)
                .ok_or_else(|| Problem::forbidden("This is for people, not for machines."))?;
            if !scopes.contains(&wanted) {
                return Err(Problem::forbidden(&format!("This needs the scope {wanted}.")));
            }
        }
        Ok(rule.reach(&pass.actor))
    }
}

/// Whether a path is one of those that a path with `{parameters}` stands for.
pub fn fits(template: &str, whole: &str) -> bool {
    let mut parts = whole.split('/');
    let same = template.split('/').all(|wanted| {
        let parameter = wanted.starts_with('{');
        parts.next().is_some_and(|part| part == wanted || parameter && !part.is_empty())
    });
    same && parts.next().is_none()
}

fn no_such_method() -> Problem {
    let detail = "This path does not answer to that method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_path_fits_what_stands_for_it_and_nothing_longer_or_shorter() {
        for (template, whole, does) in [
            ("/healthz", "/healthz", true),
            ("/v1/letters/{letter}/replay", "/v1/letters/7/replay", true),
            ("/v1/letters/{letter}/replay", "/v1/letters//replay", false),
            ("/v1/letters/{letter}/replay", "/v1/letters/7", false),
            ("/v1/letters/{letter}", "/v1/letters/7/replay", false),
            ("/v1/letters/{letter}", "/v1/letters", false),
        ] {
            assert_eq!(fits(template, whole), does, "{template} {whole}");
        }
    }
}
