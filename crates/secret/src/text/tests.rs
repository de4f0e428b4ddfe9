use super::Secret;

#[test]
fn debug_shows_nothing() {
    let secret = Secret::from("sg_hunter2");
    assert_eq!(format!("{secret:?}"), "Secret(***)");
    assert_eq!(format!("{:?}", Some(secret)), "Some(Secret(***))");
}

#[test]
fn equality_is_that_of_the_text() {
    assert_eq!(Secret::from("one"), Secret::from("one".to_owned()));
    assert_ne!(Secret::from("one"), Secret::from("two"));
    assert_ne!(Secret::from("one"), Secret::from("one "));
}

#[test]
fn a_setting_is_read() -> Result<(), serde_json::Error> {
    let secret: Secret = serde_json::from_str("\"hunter2\"")?;
    assert_eq!(secret.expose(), "hunter2");
    assert!(!secret.is_empty());
    Ok(())
}
