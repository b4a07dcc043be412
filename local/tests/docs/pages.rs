//! The documents, parsed as Markdown.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Documents outside `docs/`.
const OTHERS: [&str; 5] = ["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "cdk/README.md"];

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The parts of a page that are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// With the language of its fence; an indented block has none.
    Block {
        language: String,
        text: String,
    },
    Code(String),
    Text(String),
    Heading(String),
    Link(String),
    Picture(String),
}

pub(crate) struct Page {
    /// The path from the repository's root.
    pub(crate) name: String,
    pub(crate) items: Vec<Item>,
}

impl Page {
    pub(crate) fn all() -> Vec<Page> {
        let files = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
        let files = files.map(|name| format!("docs/{}", name.to_str().unwrap())).filter(|name| name.ends_with(".md"));
        let mut names: Vec<_> = files.chain(OTHERS.map(str::to_owned)).collect();
        names.sort();
        assert!(names.len() > 15, "{names:?}");
        names.iter().map(|name| Page::read(name)).collect()
    }

    pub(crate) fn read(name: &str) -> Page {
        Page { name: name.to_owned(), items: items(&read(name)) }
    }

    /// Returns a file that this page names, relative to the repository's root.
    pub(crate) fn beside(&self, file: &str) -> PathBuf {
        root().join(&self.name).parent().unwrap().join(file)
    }
}

fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    // The current block's language, or the current heading.
    let (mut block, mut heading) = (None, None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                block = Some((language.to_string(), String::new()))
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => block = Some(<(String, String)>::default()),
            Event::End(TagEnd::CodeBlock) => {
                items.extend(block.take().map(|(language, text)| Item::Block { language, text }))
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => items.extend(heading.take().map(Item::Heading)),
            Event::Start(Tag::Link { dest_url, .. }) => items.push(Item::Link(dest_url.to_string())),
            Event::Start(Tag::Image { dest_url, .. }) => items.push(Item::Picture(dest_url.to_string())),
            Event::Text(text) | Event::Code(text) if heading.is_some() => {
                heading.as_mut().unwrap().push_str(&text);
            }
            Event::Text(text) => match &mut block {
                Some((_, block)) => block.push_str(&text),
                None => items.push(Item::Text(text.to_string())),
            },
            Event::Code(code) => items.push(Item::Code(code.to_string())),
            _ => {}
        }
    }
    items
}

/// Returns the cells of the table between the markers of this name, without the header row.
pub(crate) fn table(page: &str, name: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let (_, rest) = text.split_once(&format!("<!-- {name}")).unwrap_or_else(|| panic!("{page} has no {name}"));
    let (table, _) = rest.split_once(&format!("<!-- /{name} -->")).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let is_content = |row: &&str| !row.starts_with("---");
    rows.filter(is_content).skip(1).map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn pages_are_parsed_in_order() {
    let text = "# A `b`\n\n    $ c\n    d\n\n[e](f) ![g](h)<br>`?i`, 1 kB\n\n```json\n{}\n```\n";
    let block = |language: &str, text: &str| Item::Block { language: language.into(), text: text.into() };
    let found: Vec<_> = items(text).into_iter().filter(|item| !matches!(item, Item::Text(_))).collect();
    let expected = [
        Item::Heading("A b".into()),
        block("", "$ c\nd\n"),
        Item::Link("f".into()),
        Item::Picture("h".into()),
        Item::Code("?i".into()),
        block("json", "{}\n"),
    ];
    assert_eq!(found, expected);
}
