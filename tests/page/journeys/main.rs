//! Journeys through the page: what a person does and then sees.

mod access;
mod crash;
mod facts;
mod keyboard;
mod layout;
mod links;
mod notices;
mod opening;
mod report;
mod typing;
