use rand::RngCore;

/// Bytes that nobody can guess, from the operating system's generator.
#[allow(clippy::disallowed_methods)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A secret of 256 bits as 64 hexadecimal characters.
pub fn random_token() -> String {
    random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}
