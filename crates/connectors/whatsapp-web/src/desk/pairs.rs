//! Phone beside LID: which two addresses are one person.

use std::collections::HashMap;

use sluice_model::{Address, Party};
use whatsapp_rust::Jid;

use super::addresses::address_of;

/// What is known of the people that one event names. The phone is the address, the LID its alias; whoever is known by
/// one of them only has no alias.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    phone_of_lid: HashMap<String, String>,
    lid_of_phone: HashMap<String, String>,
}

impl Pairs {
    /// Two addresses of one person, in either order; anything else is not learned.
    pub fn learn(&mut self, one: &Jid, other: &Jid) {
        let (phone, lid) = match (address_of(one), address_of(other)) {
            (Some(Address::Phone(phone)), Some(Address::Lid(lid)))
            | (Some(Address::Lid(lid)), Some(Address::Phone(phone))) => (phone, lid),
            _ => return,
        };
        self.lid_of_phone.insert(phone.clone(), lid.clone());
        self.phone_of_lid.insert(lid, phone);
    }

    /// Adds what `others` knows.
    pub fn merge(&mut self, others: &Pairs) {
        self.phone_of_lid.extend(others.phone_of_lid.clone());
        self.lid_of_phone.extend(others.lid_of_phone.clone());
    }

    /// The address to go by, and the other one.
    pub fn both(&self, jid: &Jid) -> Option<(Address, Option<Address>)> {
        Some(match address_of(jid)? {
            Address::Phone(phone) => {
                let lid = self.lid_of_phone.get(&phone).cloned().map(Address::Lid);
                (Address::Phone(phone), lid)
            }
            Address::Lid(lid) => match self.phone_of_lid.get(&lid) {
                Some(phone) => (Address::Phone(phone.clone()), Some(Address::Lid(lid))),
                None => (Address::Lid(lid), None),
            },
            other => (other, None),
        })
    }

    pub fn address(&self, jid: &Jid) -> Option<Address> {
        self.both(jid).map(|(address, _)| address)
    }

    /// The person's other address: the LID of a phone, the phone of a LID.
    pub fn other(&self, address: &Address) -> Option<Address> {
        match address {
            Address::Phone(phone) => self.lid_of_phone.get(phone).cloned().map(Address::Lid),
            Address::Lid(lid) => self.phone_of_lid.get(lid).cloned().map(Address::Phone),
            _ => None,
        }
    }

    pub fn party(&self, jid: &Jid, name: Option<&str>) -> Option<Party> {
        let (address, alias) = self.both(jid)?;
        let name = name.filter(|name| !name.trim().is_empty()).map(str::to_owned);
        Some(Party { alias, name, ..Party::new(address) })
    }
}

/// Who the account itself is.
#[derive(Clone, Debug, Default)]
pub struct Own {
    pub phone: Option<Jid>,
    pub lid: Option<Jid>,
}

impl Own {
    pub fn is(&self, jid: &Jid) -> bool {
        [&self.phone, &self.lid].into_iter().flatten().any(|own| {
            let same_kind = own.server.is_lid_family() == jid.server.is_lid_family();
            same_kind && address_of(own).is_some() && address_of(own) == address_of(jid)
        })
    }

    /// The account's own jid where people go by their LIDs, or where they go by their numbers.
    pub fn jid(&self, lid: bool) -> Option<Jid> {
        let (first, second) = if lid { (&self.lid, &self.phone) } else { (&self.phone, &self.lid) };
        first.as_ref().or(second.as_ref()).map(Jid::to_non_ad)
    }
}
