//! Writes the initial corpus: `checks FOLDER` puts seeds and earlier findings into `FOLDER/TARGET`, and prints a line
//! for each target: its name, its dictionary and its longest input.

use std::fs;
use std::io;
use std::path::Path;

use checks::TARGETS;

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("say into which folder: checks FOLDER"));
    };
    let regressions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../regressions");
    for target in TARGETS {
        let corpus = Path::new(&folder).join(target.name);
        fs::create_dir_all(&corpus)?;
        for (index, seed) in (target.seeds)().into_iter().enumerate() {
            fs::write(corpus.join(format!("seed-{index}")), seed)?;
        }
        let found = regressions.join(target.name);
        if found.exists() {
            for file in fs::read_dir(found)? {
                let file = file?;
                fs::copy(file.path(), corpus.join(file.file_name()))?;
            }
        }
        println!("{} {} {}", target.name, target.dictionary, target.max_len);
    }
    Ok(())
}
