//! Questions about people.

use sluice_model::ask::{Checked, Person};
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Failure};
use whatsapp_rust::Jid;

use crate::desk::addresses::{address_of, is_person, jid_of, person_of};
use crate::desk::{Desk, gone, of_question};
use crate::outward::of_app_state;

/// All numbers of one question go to the server together; what is no person is on WhatsApp in no way.
pub async fn check(desk: &Desk, who: Vec<Address>) -> Result<Answer, Failure> {
    let people = who.iter().filter_map(|who| person_of(who).ok()).collect();
    let mut found = desk.check(people).await?.into_iter();
    let checked = who.into_iter().map(|asked| {
        let about = if person_of(&asked).is_ok() { found.next() } else { None };
        let exists = about.as_ref().is_some_and(|found| found.exists);
        // The other address than the one that was asked about.
        let other = about.filter(|_| exists).and_then(|found| match asked {
            Address::Phone(_) => found.lid,
            _ => found.phone,
        });
        let address = other.and_then(|jid| address_of(&jid)).or_else(|| exists.then(|| asked.clone()));
        Checked { asked, exists, address }
    });
    Ok(Answer::Checked { found: checked.collect() })
}

pub async fn avatar(desk: &Desk, of: &Address) -> Result<Answer, Failure> {
    let url = picture(desk, &jid_of(of)?).await?;
    Ok(Answer::Avatar { available: url.is_some(), url })
}

/// `None` when there is no picture, or it is not shown to the account.
async fn picture(desk: &Desk, jid: &Jid) -> Result<Option<String>, Failure> {
    let contacts = desk.client.contacts();
    let picture = Box::pin(contacts.get_profile_picture(jid, false)).await;
    picture.map(|picture| picture.map(|picture| picture.url)).map_err(|error| of_question(&error, "the picture"))
}

pub async fn person(desk: &Desk, of: Address) -> Result<Answer, Failure> {
    let jid = person_of(&of)?;
    let asked = [jid.clone()];
    let contacts = desk.client.contacts();
    let said = Box::pin(contacts.get_user_info(&asked)).await.map_err(|error| of_question(&error, "the person"))?;
    let known = desk.look_up(&asked).await?;
    if !known.iter().any(|found| found.exists) {
        return Err(Failure::refused(Why::NotOnMessenger, "This person is not on WhatsApp."));
    }
    let said = said.into_values().next();
    let pairs = desk.pairs(asked).await;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let person = Person {
        alias: pairs.other(&of),
        name: said.as_ref().and_then(|said| said.verified_name.as_ref()?.name.clone()),
        saved_name: None,
        about: said.as_ref().and_then(|said| filled(said.status.clone())),
        // Without the picture the rest is still worth an answer.
        avatar_url: picture(desk, &jid).await.ok().flatten(),
        business: said.as_ref().is_some_and(|said| said.is_business),
        address: of,
    };
    Ok(Answer::Person { person: Box::new(person) })
}

/// Saves somebody in the account's address book, on all devices. WhatsApp knows contacts by their numbers only.
pub async fn save(desk: &Desk, who: &Address, name: Option<String>) -> Result<Answer, Failure> {
    let jid = person_of(who)?;
    let pairs = desk.pairs([jid.clone()]).await;
    let address = pairs.address(&jid).unwrap_or_else(|| who.clone());
    if !matches!(address, Address::Phone(_)) {
        let note = "Only people whose number is known can be saved.";
        return Err(Failure::refused(Why::Unsupported, note));
    }
    let jid = jid_of(&address)?;
    let (saved, first_name) = (name.is_some(), name.as_deref().and_then(|name| name.split_whitespace().next()));
    let first_name = first_name.map(str::to_owned);
    let actions = desk.client.chat_actions();
    let done = Box::pin(actions.save_contact(&jid, name.or_else(|| Some(String::new())), first_name, saved)).await;
    done.map_err(|error| of_app_state(&error))?;
    desk.save_person(&address, saved).await.map_err(gone)?;
    Ok(Answer::Done)
}

/// WhatsApp blocks a person under both addresses, so both have to be known first.
pub async fn block(desk: &Desk, who: &Address, on: bool) -> Result<Answer, Failure> {
    let jid = person_of(who)?;
    if desk.pairs([jid.clone()]).await.other(who).is_none() && is_person(&jid) {
        desk.look_up(std::slice::from_ref(&jid)).await?;
    }
    let blocking = desk.client.blocking();
    let done = if on { Box::pin(blocking.block(&jid)).await } else { Box::pin(blocking.unblock(&jid)).await };
    done.map_err(|error| match error {
        whatsapp_rust::BlockingError::InvalidJid(_) => {
            Failure::refused(Why::NotOnMessenger, "This person is not on WhatsApp.")
        }
        error => of_question(&error, "the person"),
    })?;
    Ok(Answer::Done)
}
