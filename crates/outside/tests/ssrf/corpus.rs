//! The spellings: every way to write an address that is not public.

/// Every kind of address that is not the public internet.
pub const PRIVATE_4: [[u8; 4]; 22] = [
    [127, 0, 0, 1],
    [127, 0, 0, 2],
    [127, 255, 255, 254],
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 0, 0, 1],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [100, 100, 100, 200],
    [168, 63, 129, 16],
    [169, 254, 169, 254],
    [169, 254, 170, 2],
    [172, 16, 0, 1],
    [172, 31, 255, 255],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 168, 0, 1],
    [198, 18, 0, 1],
    [203, 0, 113, 7],
    [224, 0, 0, 1],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

pub const PRIVATE_6: [&str; 24] = [
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::2]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[100:0:0:1::1]",
    "[1fff:ffff::1]",
    "[2001::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[4000::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[FD00:EC2::254]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

/// All ways to write one IPv4 address as a URL's host.
pub fn spellings(octets: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = octets;
    let number = u32::from_be_bytes(octets);
    let (high, low) = (number >> 16, number & 0xffff);
    let dotted = format!("{a}.{b}.{c}.{d}");
    let digits_from = |zero: u32| -> String {
        dotted
            .chars()
            .map(|sign| sign.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(sign))
            .collect()
    };
    vec![
        dotted.clone(),
        format!("{dotted}."),
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0X{number:08X}"),
        format!("0x00000000{number:08x}"),
        format!("0{number:o}"),
        format!("0000{number:o}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.000{b:o}.000{c:o}.000{d:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("{a}.0x{b:x}.0{c:o}.{d}"),
        format!("{a}.{b}.{low}"),
        format!("{a}.{}", number & 0xff_ffff),
        format!("0x{a:x}.0{:o}", number & 0xff_ffff),
        // digits and dots that IDNA turns into ordinary ones
        digits_from(0xff10),
        digits_from(0x1d7ce),
        dotted.replace('.', "。"),
        dotted.replace('.', "．"),
        dotted.replace('.', "%2e"),
        dotted.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        format!("{}\t{}", &dotted[..2], &dotted[2..]),
        format!("{dotted}\u{ad}"),
        // what stands before @ is a user, what stands behind \ or # or ? is not the host
        format!("example.com@{dotted}"),
        format!("example.com:80@{dotted}"),
        format!("example.com%40x@{dotted}"),
        // IPv4 within IPv6
        format!("[::ffff:{dotted}]"),
        format!("[::FFFF:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:ffff:{high:04x}:{low:04x}]"),
        format!("[::{dotted}]"),
        format!("[::ffff:0:{dotted}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{dotted}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:808:808:0:0:{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
        format!("[fe80::5efe:{dotted}]"),
    ]
}

/// What stands behind the port so that a careless reader sees another host.
const TAILS: [&str; 3] = ["/", "\\@example.com/", "#@example.com/"];

pub fn corpus(port: u16) -> Vec<String> {
    let hosts = PRIVATE_4.into_iter().flat_map(spellings).chain(PRIVATE_6.map(str::to_owned));
    let names = ["localhost", "LOCALHOST", "localhost.", "a.localhost", "ⓛocalhost", "loc\u{ad}alhost"];
    hosts
        .chain(names.map(str::to_owned))
        .flat_map(|host| TAILS.map(|tail| format!("http://{host}:{port}{tail}")))
        .collect()
}
