// Rewrites ?w=200&h=200 to the path of the variant, in the format that the client accepts.

export const handler = async (event) => {
  const { request } = event.Records[0].cf
  const query = new URLSearchParams(request.querystring)
  const width = Number(query.get('w'))
  const height = Number(query.get('h'))
  if (!width && !height) return request
  const accept = request.headers.accept?.[0].value ?? ''
  const format = accept.includes('image/webp') ? 'webp' : 'jpeg'
  const size = `/w_${width || 'auto'}${height ? `/h_${height}` : ''}`
  request.uri = `${size}/${format}${request.uri}`
  request.querystring = ''
  return request
}
