//! The limiter bounds concurrent renders and the requests that wait for one: otherwise the process runs out of memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The permits of one process. Clones share them.
#[derive(Debug, Clone)]
pub struct Limiter {
    concurrency: usize,
    /// One permit for each render that runs or waits.
    admitted: Arc<Semaphore>,
    /// One permit for each original in memory: it is being read, or has been read and waits.
    reading: Arc<Semaphore>,
    /// One permit for each render that runs.
    rendering: Arc<Semaphore>,
}

/// Originals that are read ahead for each concurrent render, so that a few slow reads do not block the others.
const READ_AHEAD: usize = 8;

/// Permission to read an original.
#[derive(Debug)]
pub(crate) struct ReadPermit {
    admitted: OwnedSemaphorePermit,
    _reading: OwnedSemaphorePermit,
    rendering: Arc<Semaphore>,
}

/// Permission to render, until it is dropped.
#[derive(Debug)]
pub(crate) struct RenderPermit {
    _admitted: OwnedSemaphorePermit,
    _rendering: OwnedSemaphorePermit,
}

impl Limiter {
    /// Allows `concurrency` renders at a time, and `waiting` requests to wait for one.
    pub fn new(concurrency: usize, waiting: usize) -> Limiter {
        let permits = |count| Arc::new(Semaphore::new(count));
        Limiter {
            concurrency,
            admitted: permits(concurrency + waiting),
            reading: permits(concurrency.saturating_mul(READ_AHEAD)),
            rendering: permits(concurrency),
        }
    }

    /// How many renders may run at a time.
    pub(crate) fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Waits for permission to read an original. `None` if too many requests wait already.
    pub(crate) async fn read(&self) -> Option<ReadPermit> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().ok()?;
        let reading = Arc::clone(&self.reading).acquire_owned().await.ok()?;
        Some(ReadPermit { admitted, _reading: reading, rendering: Arc::clone(&self.rendering) })
    }
}

impl ReadPermit {
    /// Waits for permission to render the original that has been read.
    pub(crate) async fn render(self) -> Option<RenderPermit> {
        let rendering = self.rendering.acquire_owned().await.ok()?;
        Some(RenderPermit { _admitted: self.admitted, _rendering: rendering })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[tokio::test]
    async fn a_bounded_number_runs_and_a_bounded_number_waits() {
        let limiter = Limiter::new(1, 1);
        let first = limiter.read().await.unwrap().render().await.unwrap();
        let waiting = limiter.read().await.unwrap();
        assert!(limiter.read().await.is_none(), "the queue is full");
        let mut second = pin!(waiting.render());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Ready(Some(_))));
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_leaves_the_queue() {
        let limiter = Limiter::new(1, 1);
        let _first = limiter.read().await.unwrap().render().await.unwrap();
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let waiting = limiter.read().await.unwrap();
            assert!(pin!(waiting.render()).poll(&mut context).is_pending());
        }
    }

    #[tokio::test]
    async fn a_bounded_number_of_originals_is_in_memory() {
        let limiter = Limiter::new(1, 100);
        let mut read = Vec::new();
        for _ in 0..READ_AHEAD {
            read.push(limiter.read().await.unwrap());
        }
        let mut next = pin!(limiter.read());
        let mut context = Context::from_waker(Waker::noop());
        assert!(next.as_mut().poll(&mut context).is_pending());
        read.pop();
        assert!(next.as_mut().poll(&mut context).is_ready());
    }
}
