use whatsapp_rust::types::events::{ClientOutdated, Connected, Disconnected, StreamReplaced};
use whatsapp_rust::wacore::chrono;
use whatsapp_rust::wacore::net::DisconnectReason;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn failure(code: i32, message: Option<&str>) -> Event {
    let reason = ConnectFailureReason::from(code);
    let message = message.map(str::to_owned);
    Event::ConnectFailure(ConnectFailure::builder().reason(reason).maybe_message(message).build())
}

fn out(on_connect: bool, code: i32) -> Event {
    Event::LoggedOut(LoggedOut::builder().on_connect(on_connect).reason(ConnectFailureReason::from(code)).build())
}

fn note(state: &SessionState) -> &str {
    match state {
        SessionState::Disconnected { note, .. }
        | SessionState::Ended { note, .. }
        | SessionState::LoggedOut { note, .. }
        | SessionState::Blocked { note, .. } => note,
        SessionState::Connected { .. } => "",
    }
}

#[test]
fn a_lost_connection_is_no_end() {
    let lost = Event::Disconnected(Disconnected::builder().reason(DisconnectReason::StreamEnded).build());
    let Some(Fate::GoesOn(SessionState::Disconnected { why: Why::Disconnected, note })) = fate(&lost, NOW) else {
        panic!("{:?}", fate(&lost, NOW))
    };
    assert!(note.contains("being restored"), "{note}");
    let busy = fate(&failure(503, Some("service unavailable")), NOW);
    assert!(matches!(busy, Some(Fate::GoesOn(SessionState::Disconnected { .. }))), "{busy:?}");
}

#[test]
fn who_is_logged_out_must_log_in_again_and_nothing_is_kept() {
    for (event, by) in [
        (out(false, 401), LogoutBy::Device),
        (out(true, 401), LogoutBy::Device),
        (out(true, 406), LogoutBy::Device),
        (out(true, 403), LogoutBy::Ban),
    ] {
        let Some(Fate::Over { state, forget: true, outdated: false }) = fate(&event, NOW) else { panic!("{event:?}") };
        assert!(matches!(&state, SessionState::LoggedOut { by: told, .. } if *told == by), "{state:?}");
    }
}

#[test]
fn a_ban_has_an_end_and_a_reason() {
    let ban = TemporaryBan::builder().code(TempBanReason::BlockedByUsers).expire(chrono::Duration::hours(24)).build();
    let until = Timestamp::from_seconds(1_000_000 + 86_400);
    let Some(Fate::Rests { state, until: rest }) = fate(&Event::TemporaryBan(ban), NOW) else { panic!() };
    assert_eq!(rest, until);
    let SessionState::Blocked { until: Some(told), note } = state else { panic!("{state:?}") };
    assert_eq!(told, until);
    assert!(note.contains("24 h") && note.contains("too many people have blocked it"), "{note}");
    // A ban without its figures: it is asked again in an hour, and nobody is told an end.
    let Some(Fate::Rests { state: SessionState::Blocked { until: None, .. }, until }) = fate(&failure(402, None), NOW)
    else {
        panic!()
    };
    assert_eq!(until.since(NOW), BAN_UNKNOWN);
}

#[test]
fn what_cannot_go_on_by_itself_is_opened_again() {
    let replaced = Event::StreamReplaced(StreamReplaced::builder().build());
    for event in [replaced, failure(400, None), failure(409, None)] {
        let told = fate(&event, NOW);
        assert!(
            matches!(&told, Some(Fate::Over { state: SessionState::Ended { .. }, forget: false, outdated: false })),
            "{told:?}"
        );
    }
    let outdated = fate(&Event::ClientOutdated(ClientOutdated::builder().build()), NOW);
    assert!(matches!(outdated, Some(Fate::Over { forget: false, outdated: true, .. })), "{outdated:?}");
}

#[test]
fn every_state_says_something_to_a_person() {
    let events = [out(false, 401), out(true, 403), failure(400, Some("x")), failure(402, None), failure(503, None)];
    for event in events {
        let told = fate(&event, NOW).unwrap();
        let (Fate::GoesOn(state) | Fate::Rests { state, .. } | Fate::Over { state, .. }) = told;
        let note = note(&state);
        assert!(note.ends_with('.') && note.len() > 30, "{note}");
    }
    assert_eq!(fate(&Event::Connected(Connected::builder().build()), NOW), None);
}
