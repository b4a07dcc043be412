//! Errors as clients see them: one table.

/// The `Cache-Control` of a response that no cache may store.
pub const NO_STORE: &str = "no-store";

/// Whose fault it is, and so what is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A bad parameter, a path that is not canonical, or a policy that says no.
    Request,
    /// A signature that is missing, wrong or too old.
    Unsigned,
    /// The original is missing.
    Missing,
    /// The original is not an image that Ridge reads.
    NotAnImage,
    /// The original is an image, but broken.
    Broken,
    /// The original has too many bytes or pixels.
    TooLarge,
    /// S3 throttles, times out or fails.
    Unavailable,
    /// The function's time is used up.
    OutOfTime,
}

/// What a fault is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its reason phrase.
    pub reason: &'static str,
    /// `Cache-Control`.
    pub cache_control: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 8] = [
        Fault::Request,
        Fault::Unsigned,
        Fault::Missing,
        Fault::NotAnImage,
        Fault::Broken,
        Fault::TooLarge,
        Fault::Unavailable,
        Fault::OutOfTime,
    ];

    /// Whether neither request nor original is at fault, so that the same may go well a little later.
    pub fn is_passing(self) -> bool {
        matches!(self, Fault::Unavailable | Fault::OutOfTime)
    }

    /// For logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Request => "request",
            Fault::Unsigned => "unsigned",
            Fault::Missing => "missing",
            Fault::NotAnImage => "notAnImage",
            Fault::Broken => "broken",
            Fault::TooLarge => "tooLarge",
            Fault::Unavailable => "unavailable",
            Fault::OutOfTime => "outOfTime",
        }
    }

    /// The fault of this [name](Fault::name).
    pub fn named(name: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Whether the original is there and no variant can be made of it.
    pub fn is_of_original(self) -> bool {
        matches!(self, Fault::TooLarge | Fault::NotAnImage | Fault::Broken)
    }

    /// The one place where a fault becomes a status.
    pub fn answer(self) -> Answer {
        let (status, reason, cache_control, retry_after) = match self {
            Fault::Request => (400, "Bad Request", "max-age=60", None),
            Fault::Unsigned => (403, "Forbidden", "max-age=60", None),
            Fault::Missing => (404, "Not Found", "max-age=10", None),
            Fault::TooLarge => (413, "Content Too Large", "max-age=300", None),
            Fault::NotAnImage => (415, "Unsupported Media Type", "max-age=300", None),
            Fault::Broken => (422, "Unprocessable Content", "max-age=300", None),
            Fault::Unavailable => (503, "Service Unavailable", NO_STORE, Some(1)),
            // The same request would cost as much again.
            Fault::OutOfTime => (503, "Service Unavailable", "max-age=60", Some(60)),
        };
        Answer { status, reason, cache_control, retry_after }
    }
}

/// An error on its way to the client: whose fault, and one line that says what was wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose fault it is.
    pub fault: Fault,
    /// One line, without internal names.
    pub text: String,
}

impl Problem {
    /// Joins the two.
    pub fn new(fault: Fault, text: impl Into<String>) -> Problem {
        Problem { fault, text: text.into() }
    }

    /// A bad request, from an error that already says what would be right.
    pub fn request(error: impl std::error::Error) -> Problem {
        Problem::new(Fault::Request, error.to_string())
    }
}
