//! Errors as clients see them: one table.

/// The `Cache-Control` of a response that no cache may store.
pub const NO_STORE: &str = "no-store";

/// What a client receives for a [`Fault`], apart from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorResponse {
    /// HTTP status.
    pub status: u16,
    /// The status's reason phrase (RFC 9110 section 15).
    pub reason: &'static str,
    /// `Cache-Control`.
    pub cache_control: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

/// One row for each fault: its documentation, its case, its name, and its response. A fault without a row does not exist.
macro_rules! faults {
    ($($(#[$documentation:meta])* $fault:ident = $name:literal => $response:expr,)*) => {
        /// Whose fault an error is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$documentation])* $fault,)*
        }

        impl Fault {
            /// All faults, in the order of the table.
            pub const ALL: &[Fault] = &[$(Fault::$fault),*];

            /// The name in logs, metrics and object metadata.
            pub fn name(self) -> &'static str {
                match self {
                    $(Fault::$fault => $name,)*
                }
            }

            /// The response's status and headers. Nothing else turns a fault into a status.
            pub fn response(self) -> ErrorResponse {
                match self {
                    $(Fault::$fault => $response,)*
                }
            }
        }
    };
}

faults! {
    /// A bad parameter, a path that is not canonical, or a variant that the policy does not allow.
    Request = "request" => response(400, "Bad Request", "max-age=60", None),
    /// A signature that is missing, wrong or expired.
    Unsigned = "unsigned" => response(403, "Forbidden", "max-age=60", None),
    /// The original does not exist.
    Missing = "missing" => response(404, "Not Found", "max-age=10", None),
    /// The original is not an image, or not in a supported input format.
    NotAnImage = "notAnImage" => response(415, "Unsupported Media Type", "max-age=300", None),
    /// The original is a damaged image.
    Broken = "broken" => response(422, "Unprocessable Content", "max-age=300", None),
    /// The original has too many bytes or pixels.
    TooLarge = "tooLarge" => response(413, "Content Too Large", "max-age=300", None),
    /// S3 throttles, times out or fails.
    Unavailable = "unavailable" => response(503, "Service Unavailable", NO_STORE, Some(1)),
    /// The deadline has passed. The same request would take as long again, so that its error is cached.
    OutOfTime = "outOfTime" => response(503, "Service Unavailable", "max-age=60", Some(60)),
}

const fn response(
    status: u16,
    reason: &'static str,
    cache_control: &'static str,
    retry_after: Option<u32>,
) -> ErrorResponse {
    ErrorResponse { status, reason, cache_control, retry_after }
}

impl Fault {
    /// The fault with this [name](Fault::name).
    pub fn from_name(name: &str) -> Option<Fault> {
        Fault::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// Whether the same request may succeed later, because neither request nor original is at fault.
    pub fn is_transient(self) -> bool {
        matches!(self, Fault::Unavailable | Fault::OutOfTime)
    }

    /// Whether the original exists and no variant can be rendered from it.
    pub fn is_of_original(self) -> bool {
        matches!(self, Fault::TooLarge | Fault::NotAnImage | Fault::Broken)
    }
}

/// An error for the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose fault it is.
    pub fault: Fault,
    /// One line: what was wrong and what is accepted. It has no internal names.
    pub text: String,
}

impl Problem {
    /// An error with this text.
    pub fn new(fault: Fault, text: impl Into<String>) -> Problem {
        Problem { fault, text: text.into() }
    }

    /// A [`Fault::Request`] with the text of `error`.
    pub fn request(error: impl std::error::Error) -> Problem {
        Problem::new(Fault::Request, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(*fault));
        }
        assert_eq!(Fault::from_name("other"), None);
    }
}
