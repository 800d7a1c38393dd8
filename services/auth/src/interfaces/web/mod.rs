//! OAuth2 and OpenID Connect over HTTP, and the pages where people sign in and register. Plain
//! forms: everything works without scripts, and none is allowed.

mod authorize;
mod browser;
mod discovery;
mod form;
mod limits;
mod pages;
mod register;
mod second_factor;
mod sign_in;
mod site;
mod token;
mod words;

pub use site::{Site, router};
