use super::*;

fn chat(phone: &str) -> Chat {
    Chat::of(Some(&Address::Phone(phone.to_owned())))
}

#[test]
fn one_of_each_chat_is_out_and_the_next_follows_it() {
    let mut chats = Chats::new();
    for (phone, job) in [("1", 'a'), ("1", 'b'), ("2", 'c'), ("1", 'd')] {
        chats.add(chat(phone), job);
    }
    chats.add(Chat::of(None), 'e');
    assert_eq!(chats.take(), Some((chat("1"), 'a')));
    assert_eq!(chats.take(), Some((chat("2"), 'c')));
    assert_eq!(chats.take(), Some((Chat::of(None), 'e')));
    assert_eq!(chats.take(), None);
    chats.back(chat("2"));
    assert!(chats.none_ready());
    chats.back(chat("1"));
    assert_eq!(chats.take(), Some((chat("1"), 'b')));
    chats.back(chat("1"));
    assert_eq!(chats.take(), Some((chat("1"), 'd')));
    chats.back(chat("1"));
    chats.add(chat("1"), 'f');
    assert_eq!(chats.take(), Some((chat("1"), 'f')));
}
