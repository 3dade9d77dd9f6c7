//! A peer that speaks Noise by the crate `snow`: one line of hex in, one line of hex out.
//!
//! Arguments: `initiator` or `responder`, `plain` or `hybrid`, the static private key (hex), the prologue (hex).
//! Messages carry the payload `peer N`. After the handshake it prints the transcript hash, then answers each
//! message of the session with its text in upper case, until its input ends. What it cannot read ends it.

use ml_kem::kem::{Decapsulate, DecapsulationKey, Encapsulate, EncapsulationKey};
use ml_kem::{Ciphertext, Encoded, EncodedSizeUser, KemCore, MlKem768, MlKem768Params};
use rand_core::OsRng;
use snow::params::{KemChoice, NoiseParams};
use snow::resolvers::{CryptoResolver, DefaultResolver, FallbackResolver};
use snow::types::{Cipher, Dh, Hash, Kem, Random};
use snow::{Builder, Error};
use std::io::{BufRead, Write};

const HYBRID: &str = "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256";
const PLAIN: &str = "Noise_XX_25519_ChaChaPoly_SHA256";

/// ML-KEM-768 of RustCrypto in the place that snow has for a KEM.
#[derive(Default)]
struct MlKem {
    private: Option<DecapsulationKey<MlKem768Params>>,
    public: Vec<u8>,
}

impl Kem for MlKem {
    fn name(&self) -> &'static str {
        "MLKEM768"
    }
    fn pub_len(&self) -> usize {
        1184
    }
    fn ciphertext_len(&self) -> usize {
        1088
    }
    fn shared_secret_len(&self) -> usize {
        32
    }
    fn generate(&mut self, _: &mut dyn Random) {
        let (private, public) = MlKem768::generate(&mut OsRng);
        self.public = public.as_bytes().to_vec();
        self.private = Some(private);
    }
    fn pubkey(&self) -> &[u8] {
        &self.public
    }
    fn encapsulate(&self, key: &[u8], secret: &mut [u8], text: &mut [u8]) -> Result<(usize, usize), Error> {
        let encoded = Encoded::<EncapsulationKey<MlKem768Params>>::try_from(key).map_err(|_| Error::Kem)?;
        let key = EncapsulationKey::<MlKem768Params>::from_bytes(&encoded);
        let (made, shared) = key.encapsulate(&mut OsRng).map_err(|_| Error::Kem)?;
        secret[..32].copy_from_slice(&shared);
        text[..1088].copy_from_slice(&made);
        Ok((32, 1088))
    }
    fn decapsulate(&self, text: &[u8], secret: &mut [u8]) -> Result<usize, Error> {
        let text = Ciphertext::<MlKem768>::try_from(text).map_err(|_| Error::Kem)?;
        let private = self.private.as_ref().ok_or(Error::Kem)?;
        secret[..32].copy_from_slice(&private.decapsulate(&text).map_err(|_| Error::Kem)?);
        Ok(32)
    }
}

/// Only the KEM; the rest is snow's own.
struct OnlyKem;

impl CryptoResolver for OnlyKem {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        None
    }
    fn resolve_dh(&self, _: &snow::params::DHChoice) -> Option<Box<dyn Dh>> {
        None
    }
    fn resolve_hash(&self, _: &snow::params::HashChoice) -> Option<Box<dyn Hash>> {
        None
    }
    fn resolve_cipher(&self, _: &snow::params::CipherChoice) -> Option<Box<dyn Cipher>> {
        None
    }
    fn resolve_kem(&self, _: &KemChoice) -> Option<Box<dyn Kem>> {
        Some(Box::<MlKem>::default())
    }
}

fn params(hybrid: bool) -> NoiseParams {
    if !hybrid {
        return PLAIN.parse().expect("a pattern that snow knows");
    }
    // snow knows one name of a KEM; what is hashed is the name given here.
    let known: NoiseParams = "Noise_XXhfs_25519+Kyber1024_ChaChaPoly_SHA256".parse().expect("a pattern with hfs");
    NoiseParams::new(
        HYBRID.into(), known.base, known.handshake, known.dh, known.kem, known.cipher, known.hash,
    )
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex")).collect()
}

fn say(bytes: &[u8]) {
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{text}");
    std::io::stdout().flush().expect("stdout");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let initiator = arguments[1] == "initiator";
    let (private, prologue) = (unhex(&arguments[3]), unhex(arguments.get(4).map_or("", |text| text)));
    let builder = Builder::with_resolver(
        params(arguments[2] == "hybrid"),
        Box::new(FallbackResolver::new(Box::new(OnlyKem), Box::new(DefaultResolver))),
    )
    .local_private_key(&private)?
    .prologue(&prologue)?;
    let mut state = if initiator { builder.build_initiator()? } else { builder.build_responder()? };
    let mut lines = std::io::stdin().lock().lines();
    let mut buffer = vec![0u8; 65535];
    for number in 1..=3 {
        if (number % 2 == 1) == initiator {
            let size = state.write_message(format!("peer {number}").as_bytes(), &mut buffer)?;
            say(&buffer[..size]);
        } else {
            let line = lines.next().ok_or("no message")??;
            state.read_message(&unhex(&line), &mut buffer)?;
        }
    }
    say(state.get_handshake_hash());
    let mut session = state.into_transport_mode()?;
    for line in lines {
        let size = session.read_message(&unhex(&line?), &mut buffer)?;
        let answer = buffer[..size].to_ascii_uppercase();
        let size = session.write_message(&answer, &mut buffer)?;
        say(&buffer[..size]);
    }
    Ok(())
}
