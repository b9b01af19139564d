// What the browser keeps: it comes back whole, the lack of room is said, and without a store everything still works.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../store.js";

const soon = (work) => setTimeout(work, 0);

/** IndexedDB as far as the store uses it: tables by key, transactions that commit whole or not at all, a quota in bytes. */
class Factory {
  tables = null;
  databases = [];
  quota = Infinity;
  broken = null;

  open() {
    const request = { result: null, error: null };
    soon(() => {
      if (this.broken) {
        request.error = this.broken;
        return request.onerror();
      }
      request.result = this.#database();
      if (!this.tables) {
        this.tables = {};
        request.onupgradeneeded();
      }
      return request.onsuccess();
    });
    return request;
  }

  #database() {
    const factory = this;
    const database = {
      closed: false,
      close() { this.closed = true; },
      createObjectStore(name, { keyPath }) { factory.tables[name] = { keyPath, rows: new Map() }; },
      transaction(names, mode) { return factory.transaction(names, mode); },
    };
    this.databases.push(database);
    return database;
  }

  transaction(names, mode) {
    const before = names.map((name) => new Map(this.tables[name].rows));
    const transaction = { error: null, objectStore: (name) => this.#table(this.tables[name], mode) };
    setTimeout(() => {
      const held = Object.values(this.tables).flatMap(({ rows }) => [...rows.values()]).flatMap((row) => Object.values(row));
      const size = held.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0);
      if (size <= this.quota) return transaction.oncomplete();
      names.forEach((name, at) => (this.tables[name].rows = before[at]));
      transaction.error = new DOMException("full", "QuotaExceededError");
      return transaction.onabort();
    }, 3);
    return transaction;
  }

  #table({ keyPath, rows }, mode) {
    const answered = (value) => {
      const request = { result: structuredClone(value) };
      soon(() => request.onsuccess?.());
      return request;
    };
    const writes = (work) => {
      assert.equal(mode, "readwrite");
      return answered(work());
    };
    return {
      getAll: () => answered([...rows.values()]),
      get: (key) => answered(rows.get(key)),
      put: (row) => writes(() => void rows.set(row[keyPath], structuredClone(row))),
      delete: (key) => writes(() => rows.delete(key)),
      clear: () => writes(() => rows.clear()),
    };
  }
}

const room = { estimate: async () => ({ quota: 12e6, usage: 1 }) };
const storeOver = (factory) => new Store(() => factory, room);
const array = (...values) => Int32Array.from(values);
const kept = (digest, name = digest) => ({ digest, name, n: 2, assembly: "hg38", bytes: 24 });
const content = { meta: { check: 7 }, codes: array(0, 1), starts: array(1, 2), ends: array(3, 4) };

test("a universe comes back as it was kept, the list has no arrays", async () => {
  const store = storeOver(new Factory());
  await store.keep(kept("b"), content);
  await store.keep(kept("a"), content);
  assert.deepEqual(await store.list(), [kept("a"), kept("b")]);
  assert.deepEqual(await store.universe("b"), content);
  assert.equal(await store.universe("c"), null);
});

test("forgetting takes one, or everything", async () => {
  const store = storeOver(new Factory());
  await store.keep(kept("a"), content);
  await store.keep(kept("b"), content);
  await store.write("rules", { sort: true });
  await store.forget("a");
  assert.deepEqual([await store.universe("a"), (await store.list()).length], [null, 1]);
  assert.deepEqual(await store.read("rules"), { sort: true });
  await store.forgetAll();
  assert.deepEqual([await store.list(), await store.read("rules")], [[], undefined]);
});

test("too little room is said, and nothing is kept by halves", async () => {
  const factory = Object.assign(new Factory(), { quota: 10 });
  const store = storeOver(factory);
  await assert.rejects(store.keep(kept("a"), content), (error) => error.failure.code === "storage" && error.message === "this browser allows 12 MB");
  assert.deepEqual(await store.list(), []);
  await assert.rejects(new Store(() => factory, undefined).keep(kept("a"), content), /no more room/);
});

test("a browser that keeps nothing says so, and may change its mind", async () => {
  await assert.rejects(new Store(() => undefined, room).list(), /this browser keeps nothing here/);
  await assert.rejects(new Store(() => { throw new DOMException("no", "SecurityError"); }, room).list(), /keeps nothing here .SecurityError/);
  const factory = Object.assign(new Factory(), { broken: new DOMException("private", "InvalidStateError") });
  const store = storeOver(factory);
  await assert.rejects(store.list(), /keeps nothing here \(InvalidStateError\)/);
  factory.broken = null;
  assert.deepEqual(await store.list(), []);
});

test("a newer version in another tab is let through", async () => {
  const factory = new Factory();
  const store = storeOver(factory);
  let told = 0;
  store.addEventListener("closed", () => (told += 1));
  await store.list();
  factory.databases[0].onversionchange();
  assert.deepEqual([factory.databases[0].closed, told], [true, 1]);
  await assert.rejects(store.list(), /newer version of this page; load this one again/);
});

test("a store that the browser let go is opened anew", async () => {
  const factory = new Factory();
  const store = storeOver(factory);
  await store.keep(kept("a"), content);
  factory.databases[0].onclose();
  assert.deepEqual(await store.list(), [kept("a")]);
  assert.equal(factory.databases.length, 2);
});
