//! A CSV file as records with the lines they begin in, or the sentence that says why it is none.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::Path,
};

use anyhow::Context as _;
use csv::{ByteRecord, StringRecord};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

use super::{mapping::Mapping, watch::Watch};

/// What is wrong with a whole file: nothing of it is imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Broken {
    pub line: u64,
    pub code: &'static str,
    pub why: String,
}

impl Broken {
    pub fn new(line: u64, code: &'static str, why: impl Into<String>) -> Self {
        Self { line, code, why: why.into() }
    }

    pub(super) fn nul(line: u64) -> Self {
        let why = "there is a NUL character, so this is not plain text; if it is UTF-16, save it \
                   as UTF-8 or set the mapping's encoding to utf-16le";
        Self::new(line, "nul", why)
    }

    pub(super) fn open_quote(line: u64) -> Self {
        let why = "a quoted field begins here and does not end where it should: a quote is missing";
        Self::new(line, "open-quote", why)
    }

    pub(super) fn stray_quote(opened: u64, line: u64) -> Self {
        let why = format!(
            "a quoted field that begins here ends in line {line} with more text behind its quote: \
             a quote was left open, or one within the text is not doubled"
        );
        Self::new(opened, "open-quote", why)
    }

    pub(super) fn too_long(line: u64) -> Self {
        let why = format!("the record is longer than {} bytes", super::watch::MAX_RECORD);
        Self::new(line, "line-too-long", why)
    }

    fn encoding(line: u64, encoding: &'static Encoding, byte: Option<u8>) -> Self {
        let byte = byte.map(|byte| format!(" (byte 0x{byte:02X})")).unwrap_or_default();
        let why = format!(
            "this is not {}{byte}: set the mapping's encoding, for instance to windows-1252",
            encoding.name()
        );
        Self::new(line, "encoding", why)
    }
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        Self::other(broken)
    }
}

/// The records of a file, one after another, in bounded memory.
pub struct Records {
    reader: csv::Reader<Watch<Decoded>>,
    encoding: &'static Encoding,
    bytes: ByteRecord,
}

impl Records {
    pub fn open(path: &Path, mapping: &Mapping) -> anyhow::Result<Self> {
        let mut file =
            File::open(path).with_context(|| format!("open the file {}", path.display()))?;
        let encoding = mapping.encoding()?;
        let begins = begins(&mut file, encoding).with_context(|| path.display().to_string())?;
        file.seek(io::SeekFrom::Start(begins)).context("read it twice: it must be a file")?;
        let delimiter = mapping.delimiter()?;
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(64 * 1024)
            .from_reader(Watch::new(Decoded::new(file, encoding), delimiter));
        Ok(Self { reader, encoding, bytes: ByteRecord::new() })
    }

    /// The next record and the line that it begins in.
    pub fn next(&mut self) -> anyhow::Result<Option<(u64, StringRecord)>> {
        let more = self.reader.read_byte_record(&mut self.bytes).map_err(explain)?;
        if !more {
            return Ok(None);
        }
        let line = self.reader.get_mut().next_start();
        match StringRecord::from_byte_record(std::mem::take(&mut self.bytes)) {
            Ok(record) => Ok(Some((line, record))),
            Err(error) => {
                let (field, at) = (error.utf8_error().field(), error.utf8_error().valid_up_to());
                let record = error.into_byte_record();
                let byte = record.get(field).and_then(|field| field.get(at)).copied();
                Err(Broken::encoding(line, self.encoding, byte).into())
            }
        }
    }
}

/// What our own reader said through the CSV reader, as it said it.
fn explain(error: csv::Error) -> anyhow::Error {
    let said = match error.kind() {
        csv::ErrorKind::Io(error) => {
            error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>())
        }
        _ => None,
    };
    match said {
        Some(broken) => broken.clone().into(),
        None => error.into(),
    }
}

/// Where the text begins, after a byte order mark; or what kind of file this is instead.
fn begins(file: &mut File, encoding: &'static Encoding) -> anyhow::Result<u64> {
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start)?;
    let broken = |code, why: &str| Err(Broken::new(1, code, why).into());
    match start.as_slice() {
        [] => broken("empty", "the file is empty"),
        [0x50, 0x4B, 3, 4] => {
            broken("not-text", "this is a spreadsheet or another ZIP file: save it as CSV")
        }
        [0x1F, 0x8B, ..] => broken("not-text", "this is compressed: unpack it first"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] if encoding == UTF_8 => broken(
            "utf-16",
            "this is UTF-16: save it as UTF-8, or set the mapping's encoding to utf-16le",
        ),
        [0xEF, 0xBB, 0xBF, ..] => Ok(3),
        _ => Ok(0),
    }
}

/// The file's bytes as UTF-8. UTF-8 itself passes unchanged and is checked record by record.
pub struct Decoded {
    file: File,
    encoding: &'static Encoding,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
}

impl Decoded {
    fn new(file: File, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder());
        Self { file, encoding, decoder, raw: vec![0; 64 * 1024], from: 0, to: 0, ended: false }
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return self.file.read(out) };
        loop {
            if self.from == self.to && !self.ended {
                (self.from, self.to) = (0, self.file.read(&mut self.raw)?);
                self.ended = self.to == 0;
            }
            let left = &self.raw[self.from..self.to];
            let (result, read, written, wrong) = decoder.decode_to_utf8(left, out, self.ended);
            self.from += read;
            if wrong {
                return Err(Broken::encoding(1, self.encoding, None).into());
            }
            let done = self.ended && result == CoderResult::InputEmpty;
            if written > 0 || done {
                return Ok(written);
            }
        }
    }
}
