//! A playground's whole state in the fragment of an address, and back.
//!
//! ```text
//! #v=present&l=two-wheels&p=why&s=1.<payload>
//!
//! payload = base64url( deflate( JSON + CRC-32 of the JSON, big endian ) )
//! ```
//!
//! Browsers do not send fragments, so nothing of this leaves the page. The payload is decoded
//! in order, each step with its own message, and its size is capped before anything is read.
//!
//! ```
//! use wheelstage::link::{Fragment, Playground};
//!
//! let mut playground = Playground::default();
//! playground.files.push(("requirements.txt".into(), "numpy<1.26\n".into()));
//! let fragment = Fragment { state: Some(playground.clone()), ..Fragment::default() };
//! let text = fragment.to_string();
//! assert_eq!(Fragment::parse(&text).unwrap().unwrap().state, Some(playground));
//! ```

mod codec;
mod paths;
mod playground;
mod secrets;

pub use codec::{Fragment, LinkError, MAX_CHARACTERS, MAX_INFLATED, View};
pub use paths::{PathRefusal, path_refusal};
pub use playground::{Playground, VERSION};
pub use secrets::{Secret, SecretKind, masked, secrets};
