//! Addresses of bytes: 24 bytes in URL-safe Base64. Sixteen of the SHA-256 of the original, four of the focal point (all ones
//! where nothing is cut off), four of the recipe.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::GallerySettings;
use crate::blobs::image::{ENCODER_VERSION, Focal, Format, Preset, round};
use crate::platform::digest::Digest;

const PREFIX: usize = 16;
const NO_FOCAL: [u8; 4] = [0xff; 4];

/// By what a rendition is made, in short: a preset with its qualities, by one version of the encoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recipe([u8; 4]);

impl Recipe {
    /// Nothing is made: the bytes as they came.
    pub const ORIGINAL: Self = Self([0; 4]);

    /// The recipe of a preset.
    #[must_use]
    pub fn of(preset: &Preset, settings: &GallerySettings) -> Self {
        let Preset { name, width, height, fit } = preset;
        let text = format!(
            "{ENCODER_VERSION}|{name}|{width:?}|{height:?}|{fit:?}|{}|{}",
            settings.jpeg_quality, settings.webp_quality
        );
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut short = [digest[0], digest[1], digest[2], digest[3]];
        // Not by any chance the one that stands for nothing.
        short[0] |= 1;
        Self(short)
    }
}

impl Recipe {
    /// As text of eight hexadecimal digits.
    #[must_use]
    pub fn name(self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.0))
    }

    /// The recipe of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        hex(name).map(Self)
    }
}

/// Four bytes of eight hexadecimal digits, as [`Recipe::name`] writes them.
fn hex(text: &str) -> Option<[u8; 4]> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let plain = text.len() == 8 && text.bytes().all(digit);
    plain.then(|| u32::from_str_radix(text, 16).ok()).flatten().map(u32::to_be_bytes)
}

/// What an address says besides the bytes: around which point they are cut, and by which recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cut {
    focal: [u8; 4],
    /// The recipe.
    pub recipe: Recipe,
}

impl Cut {
    /// Whether it is around this point.
    #[must_use]
    pub fn is_around(&self, focal: Focal) -> bool {
        self.focal == packed(focal)
    }

    /// Whether nothing is cut off.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.focal == NO_FOCAL
    }

    /// The folder below that of the blob in which all that is cut like this is kept.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("{:08x}{}", u32::from_be_bytes(self.focal), self.recipe.name())
    }
}

impl FromStr for Cut {
    type Err = AddressError;

    /// Reads the name of a folder.
    fn from_str(folder: &str) -> Result<Self, AddressError> {
        let (focal, recipe) = folder.split_at_checked(8).ok_or(AddressError)?;
        let focal = hex(focal).ok_or(AddressError)?;
        Ok(Self { focal, recipe: Recipe::named(recipe).ok_or(AddressError)? })
    }
}

/// An address, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    prefix: [u8; PREFIX],
    cut: Cut,
}

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of media")]
pub struct AddressError;

impl Address {
    /// The address of what a recipe makes of bytes, around a point where it cuts anything off.
    #[must_use]
    pub fn new(sha256: Digest, focal: Option<Focal>, recipe: Recipe) -> Self {
        let mut prefix = [0; PREFIX];
        prefix.copy_from_slice(&sha256.bytes()[..PREFIX]);
        Self { prefix, cut: Cut { focal: focal.map_or(NO_FOCAL, packed), recipe } }
    }

    /// The first and the last digest that begin as the bytes of this address do.
    #[must_use]
    pub fn digests(&self) -> ([u8; 32], [u8; 32]) {
        let (mut from, mut to) = ([0; 32], [0xff; 32]);
        from[..PREFIX].copy_from_slice(&self.prefix);
        to[..PREFIX].copy_from_slice(&self.prefix);
        (from, to)
    }

    /// Whether it is the address around this point, or of something that is cut around none.
    #[must_use]
    pub fn is_around(&self, focal: Focal) -> bool {
        self.cut.is_whole() || self.cut.is_around(focal)
    }

    /// Whether nothing is cut off.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cut.is_whole()
    }

    /// The recipe.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        self.cut.recipe
    }

    /// The folder below that of the blob in which what this address shows is kept.
    #[must_use]
    pub fn folder(&self) -> String {
        self.cut.folder()
    }
}

/// A point in two numbers of 16 bits, to four digits.
fn packed(focal: Focal) -> [u8; 4] {
    let number =
        |value: f64| u16::try_from(round(value.clamp(0.0, 1.0) * 10_000.0)).unwrap_or(5_000).to_be_bytes();
    let ([a, b], [c, d]) = (number(focal.x), number(focal.y));
    [a, b, c, d]
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; PREFIX + 8];
        bytes[..PREFIX].copy_from_slice(&self.prefix);
        bytes[PREFIX..PREFIX + 4].copy_from_slice(&self.cut.focal);
        bytes[PREFIX + 4..].copy_from_slice(&self.cut.recipe.0);
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bytes: [u8; PREFIX + 8] =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(AddressError)?;
        let mut prefix = [0; PREFIX];
        prefix.copy_from_slice(&bytes[..PREFIX]);
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        Ok(Self { prefix, cut: Cut { focal: four(PREFIX), recipe: Recipe(four(PREFIX + 4)) } })
    }
}

/// The format of a picture that every browser shows.
#[must_use]
pub const fn plain(alpha: bool, frames: u32) -> Format {
    match (alpha, frames) {
        (_, 2..) => Format::Gif,
        (true, _) => Format::Png,
        (false, _) => Format::Jpeg,
    }
}

/// The format in which names end like that.
#[must_use]
pub fn format_named(extension: &str) -> Option<Format> {
    [Format::Webp, Format::Jpeg, Format::Png, Format::Gif]
        .into_iter()
        .find(|format| format.extension() == extension)
}

/// What an address asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// The bytes as they came.
    Original {
        /// The address.
        address: Address,
    },
    /// A picture in a size.
    Rendition {
        /// The address.
        address: Address,
        /// The format.
        format: Format,
        /// The preset; none when its recipe is an old one: then only what was made before can be given.
        preset: Option<Preset>,
        /// What follows the key.
        name: String,
    },
}

impl Asked {
    /// The address.
    #[must_use]
    pub fn address(&self) -> &Address {
        match self {
            Self::Original { address } | Self::Rendition { address, .. } => address,
        }
    }
}
