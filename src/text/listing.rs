use crate::order::SortedMap;

/// What is known to be in a build context beside the files whose text is at hand.
///
/// Whoever reads a context lists all of it and reads what may matter; so a file without text is known
/// to be there, and where the listing is [whole](Self::whole), what is not in it is known not to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// By path, relative to the context with `/` between parts. A file whose text is among the
    /// [`Sources`](super::Sources) need not be here.
    pub entries: SortedMap<String, Listed>,
    /// Nothing else is in the context.
    pub whole: bool,
}

/// Something in a build context whose text is not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// A file.
    File {
        /// Its size, where it is known.
        bytes: Option<u64>,
    },
    /// A folder; what is in it is listed.
    Folder,
    /// A folder that was not looked into.
    Unread,
    /// There, but not known as what: a link that leads out of the context, a pipe, a device.
    Unknown,
}
