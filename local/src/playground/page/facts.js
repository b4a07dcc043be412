// What the server told the page: parameters, formats, configuration and originals.

export const facts = JSON.parse(document.getElementById('facts').textContent)
