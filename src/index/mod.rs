//! What is known about packages: one shape, three sources, asked in this order: facts a person
//! states ([`Overlay`]), the shipped [`Catalogue`], pages fetched live ([`LivePages`]).
//!
//! What none of them knows is [`Lookup::Missing`], never a guess.

mod artifact;
mod catalogue;
mod live;
mod overlay;
mod project;
mod sources;
mod tags;
mod tool;
mod wheel;

pub use artifact::{Artifact, ArtifactKind, BuildFacts, Dependencies, InvalidDependency, Known, Yanked};
pub use catalogue::{
    Bundle, Catalogue, CatalogueError, CatalogueFile, Manifest, ProjectFile, ReleaseRow, wheel_stem,
};
pub use live::{Day, LivePages, Metadata, MetadataOffer, PageError, PageFile, ProjectPage, digest};
pub use overlay::{ImageContent, Overlay};
pub use project::{Project, Release};
pub use sources::{Index, IndexUrl, Lookup};
pub use tags::SupportedTags;
pub use wheel::{FileName, WheelTag, WheelTags, parse_file_name};
