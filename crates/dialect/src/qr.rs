//! A login's QR code as a picture.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, QrCode};

/// Pixels per module, and the quiet zone in modules (ISO/IEC 18004 asks for 4).
const SCALE: usize = 6;
const QUIET: usize = 4;

/// A black-on-white PNG, base64 without a `data:` prefix; `None` when the data is too long for a QR code.
pub fn png_base64(data: &str) -> Option<String> {
    let code = QrCode::new(data).ok()?;
    let (modules, colors) = (code.width(), code.to_colors());
    let side = (modules + 2 * QUIET) * SCALE;
    let mut pixels = vec![255_u8; side * side];
    for (index, _) in colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (left, top) = ((index % modules + QUIET) * SCALE, (index / modules + QUIET) * SCALE);
        for row in top..top + SCALE {
            pixels[row * side + left..row * side + left + SCALE].fill(0);
        }
    }
    let mut file = Vec::new();
    let side = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    // The same bytes in every build: the other ways of compressing are a library's that others choose the inside of.
    encoder.set_deflate_compression(png::DeflateCompression::FdeflateUltraFast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(STANDARD.encode(file))
}
