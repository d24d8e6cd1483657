//! A build as stages of steps: variables, `FROM` and `COPY --from` settled once, so that
//! everything after this reads facts and not text.

mod build;

pub use build::{
    Action, Base, Build, BuildArg, CopySource, EnvironmentKind, Mount, MountKind, RunForm, Settings, Stage,
    Step, Transfer,
};
