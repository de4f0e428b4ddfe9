use crate::tidy::source::{Line, lines, says, test_modules, tests_start};

fn line(code: &str, comment: &str) -> Line {
    Line { code: code.to_owned(), comment: comment.to_owned() }
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let apart = lines("let a = \"x // y\"; // why\n/* one\ntwo */ f('\\'', r#\"\"todo!()\"\n\"#);");
    let expected = [line("let a = \"; ", "// why"), line("", "/* one"), line(" f(\", \"", "two */"), line("\");", "")];
    assert_eq!(apart, expected);
}

#[test]
fn every_line_keeps_its_number() {
    let text = "#!/usr/bin/env run\nfn a() {\n\"\n\n\";\n}\n";
    assert_eq!(lines(text).len(), text.split('\n').count());
}

#[test]
fn words_are_said_only_when_they_stand_alone() {
    assert!(says("let x = rand::rng();", "rand::rng"));
    assert!(!says("use rand::rngs::StdRng;", "rand::rng"));
    assert!(!says("MyInstant::now()", "Instant::now"));
    assert!(says("std::time::Instant::now()", "Instant::now"));
    assert!(says("rand::rngs::x(rand::rng())", "rand::rng"));
}

#[test]
fn test_modules_are_recognised() {
    let text = lines("mod a;\n#[cfg(test)]\nmod cases;\n#[cfg(test)]\n#[path = \"x.rs\"]\npub(crate) mod b;\nmod c;\n");
    assert_eq!(test_modules(&text), ["cases", "b"]);
    assert_eq!(tests_start(&text), None);
    assert_eq!(tests_start(&lines("fn a() {}\n#[cfg(test)]\nmod checks {\n}\n")), Some(2));
}

#[test]
fn other_things_under_cfg_test_are_no_modules() {
    let text = lines("#[cfg(test)]\nuse std::fmt;\nmod real {\n}\n");
    assert_eq!(test_modules(&text), [""; 0]);
    assert_eq!(tests_start(&text), None);
}
