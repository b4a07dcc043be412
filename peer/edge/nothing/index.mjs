// What Node itself costs: a function that gives back the request.

export const handler = async (event) => event.Records[0].cf.request
