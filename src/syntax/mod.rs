//! The languages a build is written in, each with a tree that keeps every byte's place.

pub mod requirements;

pub mod pyproject;

pub mod dockerfile;

pub mod shell;

pub mod command;
