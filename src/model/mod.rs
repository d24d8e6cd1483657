//! A build as stages of steps: variables, `FROM` and `COPY --from` settled once, so that
//! everything after this reads facts and not text.

mod build;
mod image;
mod lower;
mod names;
mod python;

pub use build::{
    Action, Base, Build, BuildArg, CopySource, EnvironmentKind, HereFile, Mount, MountKind, RunForm,
    Settings, Stage, Step, Transfer,
};
pub use image::{DEFAULT_PATH, Distribution, DistributionPython, Image, ImagePython, bundled_pip, describe};
pub use lower::lower;
pub use names::is_dockerfile;
