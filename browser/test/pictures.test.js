// Images of your own: dropped, chosen, replaced, refused.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { address, apart, change, drop, open, sample, serving, settled, shown } from './support.js'

describe('own pictures', () => {
  const here = serving()

  test('a dropped file is shown, can be resized, and remains after a reload', async () => {
    const page = await open(here)
    const name = 'my cat (1) 100%+ 猫.jpg'
    await change(page, async () => drop(page, name, await sample('drum.jpg')))
    const path = '/uploads/my%20cat%20%281%29%20100%25+%20%E7%8C%AB.jpg'
    const whole = await shown(page)
    assert.equal(decodeURIComponent(whole.path), `${decodeURIComponent(path)}?w=640`)
    assert.equal(whole.type, 'image/webp')
    await change(page, () => page.getByLabel('Width', { exact: true }).fill('120'))
    const small = await shown(page)
    assert.deepEqual([small.width, small.type], [120, 'image/webp'])
    assert.ok(apart(whole, small) < 8, 'the same picture')
    assert.equal(await page.locator('[data-figure=bytes] small').textContent(), 'of 188 kB')
    await page.reload()
    await settled(page)
    assert.ok(await page.getByRole('button', { name: `uploads/${name}` }).isVisible())
    assert.equal((await shown(page)).width, 120)
    assert.deepEqual(page.complaints, [])
  })

  test('a replaced image is shown at once', async () => {
    const page = await open(here)
    await change(page, async () => drop(page, 'same.jpg', await sample('brook.jpg')))
    const first = await shown(page)
    const tile = page.getByRole('button', { name: 'uploads/same.jpg' }).locator('img')
    await page.waitForFunction((image) => image.src !== '', await tile.elementHandle())
    const thumbnail = await tile.getAttribute('src')
    const put = page.waitForResponse((answer) => answer.request().method() === 'PUT')
    await drop(page, 'same.jpg', await sample('mountains.jpg'))
    assert.equal((await put).status(), 201)
    const figure = page.locator('[data-figure=pixels] small')
    await figure.getByText('of 1600 × 1200').waitFor()
    await settled(page)
    const second = await shown(page)
    assert.equal(second.path, first.path)
    assert.ok(apart(first, second) > 10, `the old one is still there: ${apart(first, second)}`)
    await page.waitForFunction(([image, old]) => image.src !== old, [await tile.elementHandle(), thumbnail])
    await page.reload()
    await settled(page)
    assert.ok(apart(second, await shown(page)) < 1)
  })

  test('a file can be chosen with the keyboard', async () => {
    const page = await open(here)
    // Registered well before the key press, because Playwright does not report when it intercepts file choosers.
    const chooser = page.waitForEvent('filechooser')
    await page.getByLabel('Add a picture').focus()
    await page.keyboard.press('Enter')
    const file = join(tmpdir(), `ridge-browser-${process.pid}.png`)
    await writeFile(file, await sample('mark.png'))
    await change(page, async () => (await chooser).setFiles(file))
    assert.ok((await address(page)).includes(`/uploads/ridge-browser-${process.pid}.png?w=640`))
    assert.equal((await shown(page)).width, 640)
  })

  test('an image in a format that browsers do not support is shown', async () => {
    const page = await open(here)
    // The smallest TIFF: one white pixel.
    await change(page, () => drop(page, 'white.tif', tiff()))
    const picture = await shown(page)
    assert.deepEqual([picture.width, picture.height, picture.pixels.slice(0, 4)], [1, 1, [255, 255, 255, 255]])
    assert.ok(await page.locator('.swipe img').nth(1).getAttribute('src'))
  })

  test('a file that is not an image is refused with a reason', async () => {
    const page = await open(here)
    const before = await address(page)
    await drop(page, 'notes.txt', Buffer.from('not a picture'))
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.match(await alert.textContent(), /^notes\.txt: .*not a picture in a format that is read/)
    assert.equal(await address(page), before)
  })

  test('a broken image is reported', async () => {
    const page = await open(here)
    await drop(page, 'broken.jpg', (await sample('brook.jpg')).subarray(0, 600))
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.match(await alert.textContent(), /the original is a broken JPEG/)
  })

  test('a page of another site cannot upload', async () => {
    const page = await here.browser.newPage()
    const elsewhere = here.url.replace('localhost', '127.0.0.1')
    await page.goto(`${elsewhere}/photos/mark.png`)
    const body = [...(await readFile(new URL(import.meta.url)))]
    const outcome = await page.evaluate(
      async ([to, bytes]) => {
        const send = { method: 'PUT', headers: { 'x-ridge-playground': '1' }, body: new Uint8Array(bytes) }
        return fetch(to, send).then(
          (answer) => answer.status,
          (error) => error.name,
        )
      },
      [`${here.url}/-/originals/uploads/evil.jpg`, body],
    )
    assert.equal(outcome, 'TypeError')
    assert.equal((await fetch(`${here.url}/-/originals/uploads/evil.jpg`)).status, 404)
  })
})

/** TIFF 6.0, section 3: one strip of one 8-bit pixel, 255. */
function tiff() {
  const entries = [
    [256, 3, 1],
    [257, 3, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, 1],
    [279, 4, 1],
  ]
  const bytes = Buffer.alloc(10 + 2 + entries.length * 12 + 4)
  bytes.write('II*\0', 'latin1')
  bytes.writeUInt32LE(10, 4)
  bytes[8] = 255
  bytes.writeUInt16LE(entries.length, 10)
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = 12 + index * 12
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(1, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  }
  return bytes
}
