// Compiles the runtime while the page still loads: it is the longest part of a start, and all workers share what comes of it.

const { engine } = document.documentElement.dataset; // where the build put it

/** @type {Promise<WebAssembly.Module|null>} null: whoever needs it may try alone, and will say what is wrong */
export const runtime = compiled();

async function compiled() {
  try {
    return await WebAssembly.compileStreaming(fetch(new URL(`${engine}/pyodide.asm.wasm`, document.baseURI), { priority: "low" }));
  } catch {
    return null;
  }
}
