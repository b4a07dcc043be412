// Who asks: the same URL gives different bytes to different clients.

/** What browsers send for a picture, with the formats that they name outright. */
function accept(mimes) {
  return [...mimes, 'image/svg+xml', 'image/*', '*/*;q=0.8'].join(',')
}

/** Whether this browser shows a format. Those that cannot be asked are taken to show what all of their age do. */
async function shows(mime) {
  if (typeof ImageDecoder === 'undefined') return true
  return ImageDecoder.isTypeSupported(mime)
}

/** The clients that can be chosen, by name: what people call them, and their `Accept`. */
export async function clients(formats) {
  const negotiated = formats.filter((format) => format.negotiated).map((format) => format.mime)
  const shown = []
  for (const mime of negotiated) if (await shows(mime)) shown.push(mime)
  const newest = ['image/avif', 'image/webp'].filter((mime) => negotiated.includes(mime))
  return {
    browser: { label: 'this browser', accept: accept(shown) },
    avif: { label: 'one with AVIF', accept: accept(newest) },
    webp: { label: 'one with WebP only', accept: accept(newest.filter((mime) => mime !== 'image/avif')) },
    old: { label: 'one without WebP', accept: accept([]) },
  }
}
