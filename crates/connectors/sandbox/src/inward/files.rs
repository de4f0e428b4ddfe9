//! Small real files, made of nothing: a picture, a second of silence, a letter.

use std::fmt::Write;

/// Pixels of a picture's side.
pub(crate) const SIDE: u32 = 32;

/// A PNG of one colour (red, green, blue).
pub(crate) fn picture(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgb);
    let pixels = colour.repeat((SIDE * SIDE) as usize);
    // Writing into memory, with as many pixels as were announced, cannot fail.
    let _ = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    bytes
}

/// One second of silence: Opus in Ogg (RFC 7845), fifty frames of 20 ms.
pub(crate) fn voice_note() -> Vec<u8> {
    const PRE_SKIP: u16 = 312;
    const RATE: u32 = 48_000;
    // A stereo frame of 20 ms in which nothing sounds.
    const SILENCE: &[u8] = &[0xFC, 0xFF, 0xFE];

    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend(PRE_SKIP.to_le_bytes());
    head.extend(RATE.to_le_bytes());
    head.extend([0, 0, 0]);
    let mut tags = b"OpusTags".to_vec();
    tags.extend(7_u32.to_le_bytes());
    tags.extend(b"sandbox");
    tags.extend(0_u32.to_le_bytes());

    let mut bytes = ogg_page(0, 2, 0, &[&head]);
    bytes.extend(ogg_page(1, 0, 0, &[&tags]));
    bytes.extend(ogg_page(2, 4, u64::from(RATE), &[SILENCE; 50]));
    bytes
}

/// A page of packets that are each shorter than 255 bytes (RFC 3533 §6).
fn ogg_page(sequence: u32, flags: u8, granule: u64, packets: &[&[u8]]) -> Vec<u8> {
    let mut page = b"OggS\x00".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(0x5A4E_u32.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    let checksum_at = page.len();
    page.extend([0; 4]);
    page.push(u8::try_from(packets.len()).unwrap_or(u8::MAX));
    page.extend(packets.iter().map(|packet| u8::try_from(packet.len()).unwrap_or(u8::MAX)));
    for packet in packets {
        page.extend(*packet);
    }
    let checksum = ogg_checksum(&page).to_le_bytes();
    page[checksum_at..checksum_at + 4].copy_from_slice(&checksum);
    page
}

/// CRC-32 with the polynomial 0x04C11DB7, not reflected, from zero (RFC 3533 §6, field 7).
fn ogg_checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04C1_1DB7 }
        })
    })
}

/// A PDF of one page with one line of Latin words.
pub(crate) fn letter(words: &str) -> Vec<u8> {
    let stream = format!("BT /F1 24 Tf 72 720 Td ({words}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = String::from("0000000000 65535 f \n");
    for (number, object) in objects.iter().enumerate() {
        // Writing into a String cannot fail.
        let _ = writeln!(places, "{:010} 00000 n ", pdf.len());
        let _ = writeln!(pdf, "{} 0 obj\n{object}\nendobj", number + 1);
    }
    let (table_at, count) = (pdf.len(), objects.len() + 1);
    let _ = write!(
        pdf,
        "xref\n0 {count}\n{places}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    );
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_what_they_say() {
        let mime = |bytes: &[u8]| infer::get(bytes).map(|kind| kind.mime_type());
        assert_eq!(mime(&picture([1, 2, 3])), Some("image/png"));
        assert_eq!(mime(&letter("Hello")), Some("application/pdf"));
        assert!(matches!(mime(&voice_note()), Some("audio/opus" | "audio/ogg")));
    }

    #[test]
    fn a_picture_can_be_read_back() {
        let bytes = picture([9, 8, 7]);
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [9, 8, 7].repeat(1024));
    }

    #[test]
    fn an_ogg_page_sums_up() {
        // The checksum of a page whose checksum field is filled with zeros: the bytes `123456789` are the known check
        // of this CRC (CRC-32/MPEG-2 without its start value).
        assert_eq!(ogg_checksum(b"123456789"), 0x89A1_897F);
    }

    #[test]
    fn a_letter_points_at_its_objects() {
        let pdf = String::from_utf8(letter("Hello")).unwrap();
        let table_at: usize = pdf.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(pdf[table_at..].starts_with("xref"));
        let first: usize = pdf[table_at..].lines().nth(3).unwrap()[..10].parse().unwrap();
        assert!(pdf[first..].starts_with("1 0 obj"));
    }
}
