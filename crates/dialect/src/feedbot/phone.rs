//! Phone numbers as lax clients write them (contract §3.1).

use sluice_model::Address;

/// Digits of an international number.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// What stands in place of an address that cannot be one; so much of the text is kept for whoever looks into it.
const KEPT: usize = 64;

/// The number without its punctuation. What is no number is kept as it was written, as an [`Address::Name`]: the message is
/// taken all the same and fails at once (contract §3.1).
pub fn read(text: &str) -> Address {
    let bare: String = text.chars().filter(|c| !matches!(c, '+' | '-' | '(' | ')') && !c.is_whitespace()).collect();
    let digits = bare.strip_prefix("00").unwrap_or(&bare);
    if DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Address::Phone(digits.to_owned());
    }
    Address::Name(text.trim().chars().take(KEPT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_dropped_and_what_is_no_number_is_kept_as_it_is() {
        for (text, address) in [
            ("972586666644", "phone:972586666644"),
            ("+972 (58) 666-66-44", "phone:972586666644"),
            ("00972586666644", "phone:972586666644"),
            // Without a country code it is passed on as it is: nobody here knows the country.
            ("0586666644", "phone:0586666644"),
            ("1234567", "name:1234567"),
            ("1234567890123456", "name:1234567890123456"),
            ("call me", "name:call me"),
            ("97258666664٤", "name:97258666664٤"),
        ] {
            assert_eq!(read(text).to_string(), address, "{text}");
        }
    }
}
