// The page as a whole: it loads, sends no requests elsewhere, can be shared, and is accessible.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import axe from 'axe-core'
import { address, change, open, screenshot, serving, settled, shown } from './support.js'

const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }

describe('the page', () => {
  const here = serving()

  test('loads without errors and without requests to other sites', async () => {
    const page = await open(here)
    assert.deepEqual(page.complaints, [])
    assert.deepEqual(page.elsewhere, [])
    const policy = page.answers.get(`${here.url}/`).headers()['content-security-policy']
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
    for (const [of, answer] of page.answers) {
      if (of.includes('/-/playground/')) assert.equal(answer.headers()['content-security-policy'], policy, of)
    }
    const picture = await shown(page)
    assert.ok(picture.width > 0 && picture.height > 0)
    assert.equal(await page.locator('#pictures img[src]').count(), 8)
  })

  test('its Content-Security-Policy blocks requests to other sites', async () => {
    const page = await open(here)
    const refused = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(String, (error) => error.name))
    assert.equal(refused, 'TypeError')
    assert.ok(
      page.complaints.some((text) => text.includes('Content Security Policy')),
      String(page.complaints),
    )
  })

  test('its address contains the parameters', async () => {
    const page = await open(here, '/photos/mark.png?w=200&h=100&fit=contain&bg=ff0000&view=beside&client=old')
    const first = await shown(page)
    assert.deepEqual([first.path, first.type], ['/photos/mark.png?w=200&h=100&fit=contain&bg=ff0000', 'image/png'])
    assert.ok(await page.locator('.beside').isVisible())
    await change(page, () => page.getByLabel('fill', { exact: true }).check())
    assert.equal(new URL(page.url()).hash, '#/photos/mark.png?w=200&h=100&fit=fill&bg=ff0000&view=beside&client=old')
    await page.reload()
    await settled(page)
    assert.equal(await address(page), `${here.url}/photos/mark.png?w=200&h=100&fit=fill&bg=ff0000`)
    assert.ok(await page.getByLabel('fill', { exact: true }).isChecked())
    assert.equal(await page.getByLabel('Seen by').inputValue(), 'old')
    await page.evaluate(() => {
      location.hash = '/photos/drum.jpg?w=50'
    })
    await page.waitForFunction(() => document.querySelector('#addresses code').textContent.endsWith('drum.jpg?w=50'))
    await settled(page)
    assert.equal((await shown(page)).width, 50)
  })

  test('an empty bucket is reported', async () => {
    const page = await open(here, '/photos/none.jpg?w=50')
    assert.match(await page.getByRole('alert').textContent(), /there is no photos\/none\.jpg/)
  })

  test('looks as in the README', async () => {
    const page = await open(here, '/photos/dandelion.jpg?w=640&h=420&q=60&g=30.40', {
      viewport: { width: 1280, height: 862 },
      deviceScaleFactor: 2,
    })
    await page.waitForFunction(() => document.querySelectorAll('#pictures img:not([src])').length === 0)
    await screenshot(page, 'readme')
  })

  for (const [name, options] of [
    ['desktop', {}],
    ['phone', PHONE],
  ]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`axe finds nothing: ${name}, ${colorScheme}`, async () => {
        const hash = '/photos/dandelion.jpg?w=640&h=420&q=60&g=30.40'
        const page = await open(here, hash, { ...options, colorScheme })
        for (const view of ['Swipe', 'Side by side', 'All formats']) {
          await page.getByLabel(view, { exact: true }).check()
          await settled(page)
          await axeFindsNothing(page, view)
          await screenshot(page, `${name}-${colorScheme}-${view.toLowerCase().replaceAll(' ', '-')}`, {
            fullPage: true,
          })
        }
        await page.getByLabel('Explain').check()
        await axeFindsNothing(page, 'explained')
        await page.getByLabel('Width', { exact: true }).fill('0')
        await page.getByRole('alert').waitFor()
        await axeFindsNothing(page, 'refused')
        await screenshot(page, `${name}-${colorScheme}-refused`, { fullPage: true })
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        assert.ok(over <= 0, `it is ${over} pixels wider than the screen`)
      })
    }
  }
})

async function axeFindsNothing(page, when) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  const found = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => node.html)
        .join(' ')}`,
  )
  assert.deepEqual(found, [], when)
}
