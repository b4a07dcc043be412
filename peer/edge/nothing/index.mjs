// A function that returns the request unchanged, to measure the cost of Node itself.

export const handler = async (event) => event.Records[0].cf.request
