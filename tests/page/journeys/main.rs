//! Journeys through the page: what a person does and then sees.

mod notices;
mod opening;
