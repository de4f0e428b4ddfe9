//! Words with gaps, kept in the workspace and sent by name.

use serde::{Deserialize, Serialize};

use crate::failure::Why;
use crate::message::Trouble;
use crate::{Timestamp, WorkspaceId};

/// Characters of a name.
pub const NAME_LIMIT: usize = 128;
/// Characters of one wording.
pub const TEXT_LIMIT: usize = 1_024;
/// Gaps of one wording.
pub const GAP_LIMIT: usize = 50;
/// Languages of one template.
pub const LANGUAGE_LIMIT: usize = 50;
/// Characters that a parameter may have unless its template says otherwise.
pub const PARAMETER_LIMIT: u32 = 1_024;

/// A template of a workspace. Its name is unique there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub workspace: WorkspaceId,
    /// By which it is sent: Devino's `templateId`.
    pub name: String,
    /// Characters that each parameter may have.
    pub parameter_limit: u32,
    /// One a language.
    pub wordings: Vec<Wording>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

/// A template's words in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// `ru`, `pt_BR`.
    pub language: String,
    /// `{{1}}` stands for the first parameter, `{{2}}` for the second, and so on.
    pub text: String,
    /// What is not approved is not sent.
    pub approved: bool,
}

impl Template {
    /// The words as a person will read them, or why there are none. Languages are the same whatever the case of their
    /// letters, and with `-` for `_`.
    pub fn fill(&self, language: &str, params: &[String]) -> Result<String, Trouble> {
        let trouble = |why, note: String| Trouble { why, note: format!("template '{}' {note}", self.name) };
        let wording = self.wordings.iter().find(|wording| same_language(&wording.language, language));
        let wording =
            wording.ok_or_else(|| trouble(Why::TemplateUnknown, format!("has no words for language '{language}'")))?;
        if !wording.approved {
            return Err(trouble(Why::TemplateUnapproved, format!("is not approved for language '{language}'")));
        }
        let expected = wording.parameters();
        if params.len() != expected {
            let note = format!("takes {expected} parameters, not {}", params.len());
            return Err(trouble(Why::TemplateMismatch, note));
        }
        let limit = usize::try_from(self.parameter_limit).unwrap_or(usize::MAX);
        if let Some(place) = params.iter().position(|param| param.len() > limit && param.chars().count() > limit) {
            let note = format!("has a parameter {} longer than {limit} characters", place + 1);
            return Err(trouble(Why::ParameterTooLong, note));
        }
        Ok(wording.fill(params))
    }

    /// What happens to a message by a template of a name that the workspace does not have.
    pub fn unknown(name: &str) -> Trouble {
        Trouble { why: Why::TemplateUnknown, note: format!("there is no template '{name}'") }
    }
}

impl Wording {
    /// How many parameters it takes.
    pub fn parameters(&self) -> usize {
        gaps(&self.text).map(|(_, number)| number).max().unwrap_or(0)
    }

    fn fill(&self, params: &[String]) -> String {
        let (mut filled, mut from) = (String::with_capacity(self.text.len()), 0);
        for (place, number) in gaps(&self.text) {
            filled.push_str(&self.text[from..place.start]);
            filled.push_str(number.checked_sub(1).and_then(|index| params.get(index)).map_or("", String::as_str));
            from = place.end;
        }
        filled.push_str(&self.text[from..]);
        filled
    }
}

/// What is wrong with a name, in words that stand behind it.
pub fn check_name(name: &str) -> Result<(), String> {
    let known = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if (1..=NAME_LIMIT).contains(&name.len()) && name.chars().all(known) {
        return Ok(());
    }
    Err(format!("must be 1 to {NAME_LIMIT} of the letters a to z, digits, '_', '-' and '.'"))
}

/// What is wrong with a wording's text.
pub fn check_text(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.chars().count() > TEXT_LIMIT {
        return Err(format!("must not be longer than {TEXT_LIMIT} characters"));
    }
    let mut numbers: Vec<usize> = gaps(text).map(|(_, number)| number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > GAP_LIMIT || numbers.iter().enumerate().any(|(index, number)| *number != index + 1) {
        return Err(format!("must number its parameters {{{{1}}}}, {{{{2}}}} and so on, {GAP_LIMIT} at most"));
    }
    Ok(())
}

/// What is wrong with a language: two or three letters, and perhaps a country (`pt_BR`).
pub fn check_language(language: &str) -> Result<(), String> {
    let (tongue, country) = match language.split_once(['_', '-']) {
        Some((tongue, country)) => (tongue, Some(country)),
        None => (language, None),
    };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let good = (2..=3).contains(&tongue.len())
        && letters(tongue)
        && country.is_none_or(|country| country.len() == 2 && letters(country));
    if good { Ok(()) } else { Err("must be a language such as ru, en or pt_BR".to_owned()) }
}

/// Whether two codes mean one language.
pub fn same_language(one: &str, other: &str) -> bool {
    let plain = |code: &str| code.to_ascii_lowercase().replace('-', "_");
    plain(one) == plain(other)
}

/// The gaps of a text in order: where each stands, and its number.
fn gaps(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, usize)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find("{{")?;
            let digits = text[start + 2..].bytes().take_while(u8::is_ascii_digit).count();
            let end = start + 2 + digits;
            from = start + 2;
            // Longer numbers are no gaps: no text has room for so many.
            if (1..=4).contains(&digits) && text[end..].starts_with("}}") {
                from = end + 2;
                return text[start + 2..end].parse().ok().map(|number| (start..from, number));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        let wording = |language: &str, approved| Wording { language: language.into(), text: text.into(), approved };
        Template {
            workspace: WorkspaceId(1),
            name: "greeting".into(),
            parameter_limit: 5,
            wordings: vec![wording("pt_BR", true), wording("ru", false)],
            created_at: Timestamp::default(),
            changed_at: Timestamp::default(),
        }
    }

    fn params(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn gaps_are_filled_wherever_they_stand() {
        let template = template("{{2}} и {{1}}{{2}}, {{x}} {{ 1}} {{}}}");
        let filled = template.fill("pt-br", &params(&["ё", "{{1}}"]));
        assert_eq!(filled.as_deref(), Ok("{{1}} и ё{{1}}, {{x}} {{ 1}} {{}}}"), "what is put in is not looked at");
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let template = template("{{1}}");
        let why = |language, given: &[&str]| template.fill(language, &params(given)).map_err(|trouble| trouble.why);
        assert_eq!(why("de", &["a"]), Err(Why::TemplateUnknown));
        assert_eq!(why("RU", &["a"]), Err(Why::TemplateUnapproved));
        assert_eq!(why("pt_BR", &[]), Err(Why::TemplateMismatch));
        assert_eq!(why("pt_BR", &["a", "b"]), Err(Why::TemplateMismatch));
        assert_eq!(why("pt_BR", &["ёёёёёё"]), Err(Why::ParameterTooLong));
        assert_eq!(why("pt_BR", &["ёёёёё"]), Ok("ёёёёё".into()));
    }

    #[test]
    fn parameters_are_numbered_without_a_gap() {
        for good in ["hello", "{{1}}", "{{2}} {{1}} {{1}}", "{{a}}"] {
            assert_eq!(check_text(good), Ok(()), "{good}");
        }
        for bad in ["", "  ", "{{2}}", "{{0}}", "{{1}} {{3}}", &"x".repeat(TEXT_LIMIT + 1)] {
            assert!(check_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_languages_are_plain() {
        for good in ["ru", "EN", "fil", "pt_BR", "zh-cn"] {
            assert_eq!(check_language(good), Ok(()), "{good}");
        }
        for bad in ["", "r", "russian", "r1", "pt_", "pt_BRA", "ёж"] {
            assert!(check_language(bad).is_err(), "{bad}");
        }
        assert_eq!(check_name("account_activated"), Ok(()));
        for bad in ["", "two words", "a/b", "ёж", &"x".repeat(NAME_LIMIT + 1)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
