//! How many pictures are made at once, and how many wait for it: a process that takes all that comes runs out of memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of one process. Clones share them.
#[derive(Debug, Clone)]
pub struct Renders {
    at_once: usize,
    /// One for each picture that is made, and each that waits.
    inside: Arc<Semaphore>,
    /// One for each original that is read, or has been and waits.
    reading: Arc<Semaphore>,
    /// One for each picture that is made.
    making: Arc<Semaphore>,
}

/// So many originals are read for each picture that is made: a few for which S3 takes its time hold up no others.
const READ_AHEAD: usize = 8;

/// A place for reading an original.
#[derive(Debug)]
pub(crate) struct Reading {
    inside: OwnedSemaphorePermit,
    _reading: OwnedSemaphorePermit,
    making: Arc<Semaphore>,
}

/// A place for making a picture, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _inside: OwnedSemaphorePermit,
    _making: OwnedSemaphorePermit,
}

impl Renders {
    /// So many pictures at once, and so many that wait.
    pub fn new(at_once: usize, waiting: usize) -> Renders {
        let places = |count| Arc::new(Semaphore::new(count));
        Renders {
            at_once,
            inside: places(at_once + waiting),
            reading: places(at_once.saturating_mul(READ_AHEAD)),
            making: places(at_once),
        }
    }

    /// How many pictures are made at once.
    pub(crate) fn at_once(&self) -> usize {
        self.at_once
    }

    /// Waits for a place to read an original; `None` when too many wait already.
    pub(crate) async fn enter(&self) -> Option<Reading> {
        let inside = Arc::clone(&self.inside).try_acquire_owned().ok()?;
        let reading = Arc::clone(&self.reading).acquire_owned().await.ok()?;
        Some(Reading { inside, _reading: reading, making: Arc::clone(&self.making) })
    }
}

impl Reading {
    /// Waits until the original that was read can be made a picture of.
    pub(crate) async fn begin(self) -> Option<Place> {
        let making = self.making.acquire_owned().await.ok()?;
        Some(Place { _inside: self.inside, _making: making })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn so_many_at_once_and_so_many_wait() {
        let renders = Renders::new(1, 1);
        let first = renders.enter().await.unwrap().begin().await.unwrap();
        let waiting = renders.enter().await.unwrap();
        assert!(renders.enter().await.is_none(), "the line is full");
        let mut second = pin!(waiting.begin());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Ready(Some(_))));
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_line() {
        let renders = Renders::new(1, 1);
        let _first = renders.enter().await.unwrap().begin().await.unwrap();
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let waiting = renders.enter().await.unwrap();
            assert!(pin!(waiting.begin()).poll(&mut context).is_pending());
        }
    }

    #[tokio::test]
    async fn so_many_originals_are_in_memory() {
        let renders = Renders::new(1, 100);
        let mut read = Vec::new();
        for _ in 0..READ_AHEAD {
            read.push(renders.enter().await.unwrap());
        }
        let mut next = pin!(renders.enter());
        let mut context = Context::from_waker(Waker::noop());
        assert!(next.as_mut().poll(&mut context).is_pending());
        read.pop();
        assert!(next.as_mut().poll(&mut context).is_ready());
    }
}
