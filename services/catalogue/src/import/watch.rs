//! Reads bytes on behalf of the CSV reader and stops before anything in them could hurt: it keeps
//! count of lines, quotes and lengths, so that no record grows without bound, no quote stays open
//! unnoticed, and every complaint can name its line.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use super::file::Broken;

/// A record may be this long.
pub const MAX_RECORD: usize = 1024 * 1024;
/// A field in quotes may be this long: what is longer is a quote that was left open.
pub const MAX_QUOTED: usize = 64 * 1024;

const CHUNK: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Record,
    Field,
    Plain,
    Quoted,
    /// After a quote within a quoted field: its end, or the first of two.
    Closed,
}

/// A reader of CSV text that counts and checks what passes. The end of every record becomes `\n`;
/// line ends within quotes are the text's own.
pub struct Watch<R> {
    inner: R,
    delimiter: u8,
    at: At,
    line: u64,
    /// The line in which the quoted field began.
    opened: u64,
    quoted: usize,
    record: usize,
    after_cr: bool,
    raw: Vec<u8>,
    /// What of `raw` was not looked at yet.
    from: usize,
    to: usize,
    /// The lines in which the records begin that were passed on and not yet asked for.
    starts: VecDeque<u64>,
}

impl<R: Read> Watch<R> {
    pub fn new(inner: R, delimiter: u8) -> Self {
        Self {
            inner,
            delimiter,
            at: At::Record,
            line: 1,
            opened: 0,
            quoted: 0,
            record: 0,
            after_cr: false,
            raw: vec![0; CHUNK],
            from: 0,
            to: 0,
            starts: VecDeque::new(),
        }
    }

    /// The line in which the next record begins; to be asked once for each record.
    pub fn next_start(&mut self) -> u64 {
        self.starts.pop_front().unwrap_or(self.line)
    }

    /// Looks at one byte; `None` when it is not to be passed on.
    fn see(&mut self, byte: u8) -> Result<Option<u8>, Broken> {
        let follows_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
        let passed = match byte {
            0 => return Err(Broken::nul(self.line)),
            byte if self.at == At::Quoted => byte,
            b'\n' if follows_cr => return Ok(None),
            b'\r' => b'\n',
            byte => byte,
        };
        self.step(passed)?;
        if byte == b'\r' || (byte == b'\n' && !follows_cr) {
            self.line += 1;
        }
        Ok(Some(passed))
    }

    fn step(&mut self, byte: u8) -> Result<(), Broken> {
        if self.at == At::Record {
            if byte == b'\n' {
                return Ok(());
            }
            self.starts.push_back(self.line);
            self.record = 0;
            self.at = At::Field;
        }
        self.record += 1;
        if self.record > MAX_RECORD {
            return Err(Broken::too_long(self.line));
        }
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => {
                self.quoted += 1;
                if self.quoted > MAX_QUOTED {
                    return Err(Broken::open_quote(self.opened));
                }
                At::Quoted
            }
            (At::Closed, b'"') => At::Quoted,
            (_, b'\n') => At::Record,
            (_, byte) if byte == self.delimiter => At::Field,
            (At::Closed, _) => return Err(Broken::stray_quote(self.opened, self.line)),
            (At::Field, b'"') => {
                (self.opened, self.quoted) = (self.line, 0);
                At::Quoted
            }
            _ => At::Plain,
        };
        Ok(())
    }
}

impl<R: Read> Read for Watch<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written == 0 && !out.is_empty() {
            if self.from == self.to {
                (self.from, self.to) = (0, self.inner.read(&mut self.raw)?);
                if self.to == 0 {
                    return match self.at {
                        At::Quoted => Err(Broken::open_quote(self.opened).into()),
                        _ => Ok(0),
                    };
                }
            }
            while self.from < self.to && written < out.len() {
                let byte = self.raw[self.from];
                self.from += 1;
                if let Some(byte) = self.see(byte)? {
                    out[written] = byte;
                    written += 1;
                }
            }
        }
        Ok(written)
    }
}
