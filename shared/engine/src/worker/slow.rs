//! Slow encoders, each in its own thread with a time limit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::thread;
use std::time::Duration;

use ridge_pixels::{Error, Observer, SlowEncoder, Stage};

/// The slow encoders of one process.
#[derive(Debug, Default)]
pub(crate) struct SlowEncoders {
    /// The abandoned encoders that may still run: they cannot be stopped, and another one would delay all.
    given_up: Mutex<Vec<Weak<()>>>,
}

impl SlowEncoders {
    /// Runs an encoder for at most `limit`. Returns `None` if it exceeded the limit or its memory, or if an abandoned
    /// encoder still runs.
    fn run(&self, encoder: SlowEncoder, limit: Duration) -> Option<Result<Vec<u8>, Error>> {
        if self.is_delayed() {
            return None;
        }
        let (sender, receiver) = mpsc::channel();
        let runs = Arc::new(());
        let token = Arc::downgrade(&runs);
        let run = move || {
            // Sending fails if the encoder was abandoned.
            let _ = sender.send(encoder.run());
            drop((encoder, runs));
        };
        thread::Builder::new().spawn(run).ok()?;
        match receiver.recv_timeout(limit) {
            Ok(Err(Error::OutOfMemory)) => None,
            Ok(encoded) => Some(encoded),
            Err(_) => {
                self.given_up().push(token);
                None
            }
        }
    }

    /// Returns whether an abandoned encoder still runs.
    fn is_delayed(&self) -> bool {
        let mut given_up = self.given_up();
        given_up.retain(|encoder| encoder.strong_count() > 0);
        !given_up.is_empty()
    }

    fn given_up(&self) -> MutexGuard<'_, Vec<Weak<()>>> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An observer that gives slow encoders half of the remaining time.
pub(super) struct Bounded<'a, O> {
    pub(super) observer: O,
    pub(super) encoders: &'a SlowEncoders,
}

impl<O: Observer> Observer for Bounded<'_, O> {
    fn begin(&mut self, stage: Stage) {
        self.observer.begin(stage);
    }

    fn time_left(&self) -> Option<Duration> {
        self.observer.time_left()
    }

    fn encode(&mut self, encoder: SlowEncoder) -> Option<Result<Vec<u8>, Error>> {
        match self.observer.time_left() {
            Some(left) => self.encoders.run(encoder, left / 2),
            None => Some(encoder.run()),
        }
    }
}

#[cfg(test)]
mod tests {
    use ridge_contract::{Config, Format, VariantPath};
    use ridge_pixels::render;

    use super::*;

    const ENOUGH: Duration = Duration::from_secs(300);

    /// A clock that stands still, and the encoder that was passed to it.
    struct Caller(Option<SlowEncoder>);

    impl Observer for Caller {
        fn begin(&mut self, _: Stage) {}

        fn time_left(&self) -> Option<Duration> {
            Some(ENOUGH)
        }

        fn encode(&mut self, encoder: SlowEncoder) -> Option<Result<Vec<u8>, Error>> {
            self.0 = Some(encoder);
            None
        }
    }

    fn render_avif(observer: &mut dyn Observer) -> Format {
        const SOURCE: &[u8] = include_bytes!("../../../../testdata/photos/mark.png");
        let path = VariantPath::parse("/w_100/avif/x").unwrap();
        render(SOURCE, path.variant(), &Config::default(), observer).unwrap().format
    }

    #[test]
    fn an_encoder_that_takes_too_long_is_given_up() {
        let mut caller = Caller(None);
        render_avif(&mut caller);
        let encoder = caller.0.unwrap();
        let encoders = SlowEncoders::default();
        assert_eq!(encoders.run(encoder.clone(), Duration::ZERO), None);
        while encoders.is_delayed() {
            thread::yield_now();
        }
        assert_eq!(encoders.run(encoder.clone(), ENOUGH), Some(encoder.run()));
    }

    #[test]
    fn no_encoder_is_started_while_one_that_was_given_up_runs() {
        let running = Arc::new(());
        let encoders = SlowEncoders { given_up: vec![Arc::downgrade(&running)].into() };
        assert_eq!(render_avif(&mut Bounded { observer: Caller(None), encoders: &encoders }), Format::WebP);
        drop(running);
        assert_eq!(render_avif(&mut Bounded { observer: Caller(None), encoders: &encoders }), Format::Avif);
    }
}
