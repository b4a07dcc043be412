"""Signs URLs for Ridge. Needs nothing but Python's standard library."""

import hashlib
import hmac
from urllib.parse import parse_qsl, quote, unquote, urlsplit

# The parameters in the order of a canonical path.
ORDER = ["w", "h", "fit", "g", "q", "bg", "blur", "sharpen", "rot", "flip", "gray", "anim", "v"]

# Parameters that stand for others, which must be written out: what is signed is what they come to.
SHORTHAND = ["p", "dpr", "ar", "d", "s", "t"]


def sign_url(url: str, exp: int, key: dict[str, str]) -> str:
    """Adds `exp` and `sig` to a URL such as `https://cdn.example.com/photos/cat.jpg?w=200&h=200`.

    `exp` is in seconds since 1970, `key` an entry of ridge.keys.json. Write values as they stand in a canonical path
    (lower case, nothing at its default, `rot` and `flip` as one of the 8 orientations), and sizes that the
    configuration's lists have.
    """
    text = f"{signed_path(url)}?exp={exp}"
    code = hmac.new(bytes.fromhex(key["secret"]), text.encode(), hashlib.sha256).hexdigest()
    return f"{url}{'&' if '?' in url else '?'}exp={exp}&sig={key['id']}.{code}"


def signed_path(url: str) -> str:
    """The canonical path that a signature is over. Where the client decides the format, `auto` stands in its place."""
    parts = urlsplit(url)
    if not parts.path.startswith("/"):
        raise ValueError(f"{url} is neither a URL nor a path")
    key = quote(unquote(parts.path, errors="strict"), safe="/")
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in SHORTHAND:
        if name in asked:
            raise ValueError(f"{name}: write w, h and the other parameters out to sign them")
    names = [name for name in ORDER if name in asked]
    # A canonical path, or the original.
    if not names and "f" not in asked:
        return key
    if "w" not in names:
        names.insert(0, "w")
    segments = [f"{name}_{asked.get(name, 'auto')}" for name in names]
    output = asked.get("f", "auto")
    return f"/{'/'.join(segments)}/{'jpeg' if output == 'jpg' else output}{key}"
