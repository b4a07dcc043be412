//! The page at `/`: the bucket's pictures at several sizes, so that a newcomer sees something.

use std::fmt::Write as _;

use shared::Key;

/// How many pictures the page shows.
pub(crate) const PICTURES: usize = 24;

/// Renders the page.
pub(crate) fn page(keys: &[Key]) -> String {
    let mut figures = String::new();
    for key in keys {
        let (path, name) = (key.to_path(), escaped(key.as_str()));
        let _ = write!(
            figures,
            r#"<figure>
<a href="{path}?w=1600"><img src="{path}?w=480" srcset="{path}?w=480 1x, {path}?w=480&amp;dpr=2 2x" alt="{name}" loading="lazy"></a>
<figcaption><strong>{name}</strong>
<span class="row"><a href="{path}?w=96&amp;h=96"><img src="{path}?w=96&amp;h=96" width="96" height="96" alt="{name}, 96 by 96" loading="lazy"></a>
<a href="{path}?w=160&amp;h=90"><img src="{path}?w=160&amp;h=90" width="160" height="90" alt="{name}, 160 by 90" loading="lazy"></a></span>
<code>{path}?w=480</code>
<span class="row"><a href="{path}?w=800&amp;f=webp">webp</a> <a href="{path}?w=800&amp;f=jpeg">jpeg</a> <a href="{path}?w=800&amp;f=png">png</a>
<a href="{path}?w=400&amp;h=400&amp;fit=contain&amp;bg=1b4965">contain</a> <a href="{path}">original</a></span></figcaption>
</figure>
"#
        );
    }
    if figures.is_empty() {
        figures =
            "<p>The bucket has no pictures yet. Put some into it, or start with <code>--originals DIR</code>.</p>"
                .into();
    }
    include_str!("index.html").replace("{figures}", &figures)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
