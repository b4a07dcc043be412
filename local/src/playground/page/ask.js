// One request for a picture, and all that its answer says.

/** An answer that is no picture. `text` is the server's. */
export class Refusal extends Error {
  constructor(status, text) {
    super(text.trim() || `The server answered ${status}.`)
    this.status = status
  }
}

/** Asks for a picture, past the browser's own cache, and decodes it. Throws a `Refusal`. */
export async function ask(url, accept, signal) {
  const began = performance.now()
  const response = await fetch(url, { headers: { accept }, cache: 'no-store', signal })
  const blob = await response.blob()
  const time = performance.now() - began
  if (!response.ok) throw new Refusal(response.status, await blob.text())
  const header = (name) => response.headers.get(name) ?? ''
  const shown = await look(blob, header('content-type'))
  // Decoding does not stop by itself when something else was chosen meanwhile.
  signal?.throwIfAborted()
  return {
    bytes: blob.size,
    type: header('content-type'),
    path: header('x-ridge-path'),
    found: header('x-ridge-cache'),
    stages: stages(header('server-timing')),
    time,
    ...shown,
  }
}

/** What can be shown of an answer: also of one that only tells of a picture. An original may have any type. */
async function look(blob, type) {
  const tell = { 'application/json': told, 'text/plain': placeholder }[type.split(';')[0]]
  return (tell && (await tell(await blob.text()))) || decoded(blob)
}

function told(text) {
  try {
    const { width, height } = JSON.parse(text)
    return { src: null, width, height, text }
  } catch {
    return null
  }
}

/** The page's policy lets it show no `data:` URI, but what is in one. */
function placeholder(text) {
  const [, type, body] = /^data:([^;,]+);base64,([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  if (!body) return null
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
  return decoded(new Blob([bytes], { type }))
}

/** A blob as a picture: an address for `<img>`, and its size in pixels; without them where the browser cannot show it. */
export async function decoded(blob) {
  const src = URL.createObjectURL(blob)
  const image = new Image()
  image.src = src
  try {
    await image.decode()
  } catch {
    URL.revokeObjectURL(src)
    return { src: null, width: 0, height: 0 }
  }
  return { src, width: image.naturalWidth, height: image.naturalHeight }
}

/** `Server-Timing: decode;dur=12.5, …` as name and milliseconds. */
function stages(text) {
  const entries = text.split(',').map((entry) => entry.trim().split(';dur='))
  return entries.filter(([name, time]) => name && time).map(([name, time]) => ({ name, time: Number(time) }))
}
