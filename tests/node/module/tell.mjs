// How the scripts beside answer: one line of JSON a value.
export const tell = (value) => console.log(JSON.stringify(value) ?? "null");
