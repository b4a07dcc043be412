#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus { checks::decode_png(data).map_or(Corpus::Reject, |()| Corpus::Keep) });
