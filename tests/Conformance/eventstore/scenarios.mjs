import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

// Each scenario gets { client, api, state, isKurrent }: a connected client, its package, the name of the option for the expected revision,
// and which of the two packages it is.
// Streams are named at random, so the scenarios share one log.

const stream = (prefix = "customer-") => prefix + randomUUID();

const events = (api, count, type = "track") =>
  Array.from({ length: count }, (_, n) => api.jsonEvent({ id: randomUUID(), type, data: { n } }));

const collect = async (read) => {
  const found = [];
  for await (const resolved of read) found.push(resolved.event);
  return found;
};

const rejects = (promise, name) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.constructor.name, name, `${error.constructor.name}: ${error.message}`);
    return true;
  });

/** Collects a subscription's events and signals; `until` resolves once its condition holds. */
const watch = (subscription) => {
  const seen = { events: [], confirmed: 0, caughtUp: 0, eventsAtCaughtUp: -1, error: undefined, ended: false };
  const waiting = new Set();
  const check = () => waiting.forEach((w) => (w.holds() ? w.resolve() : seen.error && w.reject(seen.error)));
  subscription.on("data", (resolved) => (seen.events.push(resolved.event), check()));
  subscription.on("confirmation", () => (seen.confirmed++, check()));
  subscription.on("caughtUp", () => ((seen.eventsAtCaughtUp = seen.events.length), seen.caughtUp++, check()));
  subscription.on("error", (error) => ((seen.error = error), check()));
  subscription.on("end", () => ((seen.ended = true), check()));
  seen.check = check;
  seen.until = (holds) =>
    new Promise((resolve, reject) => {
      const entry = { holds, resolve: () => (waiting.delete(entry), resolve()), reject: (e) => (waiting.delete(entry), reject(e)) };
      waiting.add(entry);
      check();
    });
  return seen;
};

const numbers = (found) => found.map((e) => e.data.n);

export const scenarios = {
  "appends and reads back what was appended": async ({ client, api }) => {
    const name = stream();
    const json = api.jsonEvent({ id: randomUUID(), type: "order completed", data: { total: "12.50", note: "größer" }, metadata: { by: "test" } });
    const binary = api.binaryEvent({ id: randomUUID(), type: "blob", data: Buffer.from([0, 1, 254, 255]) });
    const result = await client.appendToStream(name, [json, binary]);
    assert.equal(result.success, true);
    assert.equal(result.nextExpectedRevision, 1n);
    const [first, second] = await collect(client.readStream(name));
    assert.deepEqual([first.id, first.type, first.streamId, first.revision, first.isJson], [json.id, json.type, name, 0n, true]);
    assert.deepEqual(first.data, { total: "12.50", note: "größer" });
    assert.deepEqual(first.metadata, { by: "test" });
    assert.ok(Math.abs(Date.now() - first.created.getTime()) < 60_000);
    assert.deepEqual([...second.data], [0, 1, 254, 255]);
    assert.equal(second.isJson, false);
    assert.equal(second.position.commit, result.position.commit);
  },

  "expected revisions: any, no stream, exact, stream exists": async ({ client, api, state }) => {
    const name = stream();
    await rejects(client.appendToStream(name, events(api, 1), { [state]: api.STREAM_EXISTS }), "WrongExpectedVersionError");
    assert.equal((await client.appendToStream(name, events(api, 2), { [state]: api.NO_STREAM })).nextExpectedRevision, 1n);
    assert.equal((await client.appendToStream(name, events(api, 2), { [state]: 1n })).nextExpectedRevision, 3n);
    assert.equal((await client.appendToStream(name, events(api, 1), { [state]: api.STREAM_EXISTS })).nextExpectedRevision, 4n);
    assert.equal((await client.appendToStream(name, events(api, 1), { [state]: api.ANY })).nextExpectedRevision, 5n);
    assert.equal((await collect(client.readStream(name))).length, 6);
  },

  "a conflict tells the actual revision and writes nothing": async ({ client, api, state }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 3));
    for (const expected of [api.NO_STREAM, 0n, 7n]) {
      await assert.rejects(client.appendToStream(name, events(api, 1), { [state]: expected }), (error) => {
        assert.equal(error.constructor.name, "WrongExpectedVersionError");
        assert.equal(error.actualVersion ?? error.actualState, 2n);
        assert.equal(error.streamName, name);
        return true;
      });
    }
    assert.equal((await collect(client.readStream(name))).length, 3);
  },

  "a repeated append with its revision answers with the original place": async ({ client, api, state }) => {
    const name = stream();
    const batch = events(api, 5);
    const original = await client.appendToStream(name, batch, { [state]: api.NO_STREAM });
    await client.appendToStream(name, events(api, 3));
    const again = await client.appendToStream(name, batch, { [state]: api.NO_STREAM });
    assert.deepEqual([again.nextExpectedRevision, again.position], [original.nextExpectedRevision, original.position]);
    const slice = await client.appendToStream(name, batch.slice(2, 4), { [state]: 1n });
    assert.equal(slice.nextExpectedRevision, 3n);
    await rejects(client.appendToStream(name, [...batch, ...events(api, 4)], { [state]: api.NO_STREAM }), "WrongExpectedVersionError");
    assert.equal((await collect(client.readStream(name))).length, 8);
  },

  "a fresh repeat with any is recognised": async ({ client, api }) => {
    const name = stream();
    const batch = events(api, 3);
    const original = await client.appendToStream(name, batch);
    const again = await client.appendToStream(name, batch);
    assert.equal(again.nextExpectedRevision, original.nextExpectedRevision);
    assert.equal((await collect(client.readStream(name))).length, 3);
  },

  "appends with credentials go over the plain append call": async ({ client, api, state }) => {
    const name = stream();
    const options = { credentials: { username: "admin", password: "changeit" } };
    assert.equal((await client.appendToStream(name, events(api, 2), options)).nextExpectedRevision, 1n);
    await rejects(client.appendToStream(name, events(api, 2), { ...options, [state]: 0n }), "WrongExpectedVersionError");
    await rejects(client.appendToStream(name, events(api, 2), { ...options, [state]: api.NO_STREAM }), "WrongExpectedVersionError");
  },

  "reads forwards and backwards with limits": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 10));
    const read = async (options) => numbers(await collect(client.readStream(name, options)));
    assert.deepEqual(await read({}), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await read({ maxCount: 3 }), [0, 1, 2]);
    assert.deepEqual(await read({ fromRevision: 4n, maxCount: 2 }), [4, 5]);
    assert.deepEqual(await read({ fromRevision: 8n, maxCount: 50 }), [8, 9]);
    assert.deepEqual(await read({ fromRevision: 10n }), []);
    assert.deepEqual(await read({ direction: api.BACKWARDS, fromRevision: api.END, maxCount: 3 }), [9, 8, 7]);
    assert.deepEqual(await read({ direction: api.BACKWARDS, fromRevision: 2n, maxCount: 50 }), [2, 1, 0]);
  },

  "reading a missing stream throws stream not found": async ({ client }) => {
    await rejects(collect(client.readStream(stream())), "StreamNotFoundError");
  },

  "reads all both ways, from a position, filtered": async ({ client, api, isKurrent }) => {
    const prefix = stream() + "-";
    for (let n = 0; n < 20; n++) await client.appendToStream(prefix + (n % 3), api.jsonEvent({ id: randomUUID(), type: "track", data: { n } }));
    const mine = (found) => found.filter((e) => e.streamId.startsWith(prefix));
    const forwards = mine(await collect(client.readAll()));
    assert.deepEqual(numbers(forwards), Array.from({ length: 20 }, (_, n) => n));
    const backwards = mine(await collect(client.readAll({ direction: api.BACKWARDS, fromPosition: api.END, maxCount: 20 })));
    assert.deepEqual(numbers(backwards), numbers(forwards).reverse());
    const from = await collect(client.readAll({ fromPosition: forwards[7].position, maxCount: 5 }));
    assert.deepEqual(numbers(from), [7, 8, 9, 10, 11]);
    if (!isKurrent) return; // the older client filters subscriptions only
    const filtered = await collect(client.readAll({ filter: api.streamNameFilter({ prefixes: [prefix + "1"] }), maxCount: 4 }));
    assert.deepEqual(numbers(filtered), [1, 4, 7, 10]);
  },

  "10,000 events in batches, read back whole": async ({ client, api }) => {
    const name = stream();
    for (let i = 0; i < 4; i++) await client.appendToStream(name, Array.from({ length: 2_500 }, (_, n) => api.jsonEvent({ id: randomUUID(), type: "t", data: { n: i * 2_500 + n } })));
    const found = numbers(await collect(client.readStream(name, { maxCount: 20_000 })));
    assert.deepEqual(found, Array.from({ length: 10_000 }, (_, n) => n));
  },

  "one append of 10,000 events is atomic": async ({ client, api, state }) => {
    const name = stream();
    const result = await client.appendToStream(name, Array.from({ length: 10_000 }, (_, n) => api.jsonEvent({ id: randomUUID(), type: "t", data: { n } })), { [state]: api.NO_STREAM });
    assert.equal(result.nextExpectedRevision, 9_999n);
    const last = await collect(client.readStream(name, { direction: api.BACKWARDS, fromRevision: api.END, maxCount: 1 }));
    assert.deepEqual(numbers(last), [9_999]);
  },

  "many appends in flight on one connection": async ({ client, api }) => {
    const name = stream();
    const results = await Promise.all(Array.from({ length: 300 }, () => client.appendToStream(name, events(api, 2))));
    const revisions = results.map((r) => r.nextExpectedRevision).sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(revisions, Array.from({ length: 300 }, (_, n) => BigInt(n * 2 + 1)));
  },

  "an append that is too large is refused": async ({ client, api }) => {
    const name = stream();
    const large = api.binaryEvent({ id: randomUUID(), type: "blob", data: Buffer.alloc(1_048_577) });
    await rejects(client.appendToStream(name, large), "MaxAppendSizeExceededError");
    await rejects(client.appendToStream(name, large, { credentials: { username: "admin", password: "changeit" } }), "MaxAppendSizeExceededError");
    await rejects(collect(client.readStream(name)), "StreamNotFoundError");
  },

  "a stream subscription: confirmation, history, caught up, live, resumed": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 40));
    const subscription = client.subscribeToStream(name);
    const seen = watch(subscription);
    await seen.until(() => seen.caughtUp === 1 && seen.events.length === 40);
    assert.equal(seen.confirmed, 1);
    assert.equal(seen.eventsAtCaughtUp, 40);
    await client.appendToStream(name, api.jsonEvent({ id: randomUUID(), type: "t", data: { n: 40 } }));
    await seen.until(() => seen.events.length === 41);
    await subscription.unsubscribe();
    assert.deepEqual(numbers(seen.events), Array.from({ length: 41 }, (_, n) => n));

    const resumed = client.subscribeToStream(name, { fromRevision: 37n });
    const rest = watch(resumed);
    await rest.until(() => rest.caughtUp === 1 && rest.events.length === 3);
    await resumed.unsubscribe();
    assert.deepEqual(numbers(rest.events), [38, 39, 40]);
  },

  "a subscription to a stream that comes later": async ({ client, api }) => {
    const name = stream();
    const subscription = client.subscribeToStream(name);
    const seen = watch(subscription);
    await seen.until(() => seen.confirmed === 1);
    await client.appendToStream(name, events(api, 2));
    await seen.until(() => seen.events.length === 2 && seen.caughtUp === 1);
    await subscription.unsubscribe();
  },

  "a filtered subscription to all: checkpoints, caught up, live, resumed from a checkpoint": async ({ client, api }) => {
    const prefix = stream() + "-";
    for (let n = 0; n < 5; n++) {
      await client.appendToStream(prefix + "wanted", api.jsonEvent({ id: randomUUID(), type: "t", data: { n } }));
      await client.appendToStream(stream("noise-"), events(api, 30));
    }
    const checkpoints = [];
    let seen;
    const filter = api.streamNameFilter({
      prefixes: [prefix],
      maxSearchWindow: 10,
      checkpointInterval: 2,
      checkpointReached: (_, position) => (checkpoints.push(position), seen.check()),
    });
    const subscription = client.subscribeToAll({ filter });
    seen = watch(subscription);
    await seen.until(() => seen.caughtUp === 1 && seen.events.length === 5 && checkpoints.length > 0);
    await client.appendToStream(stream("noise-"), events(api, 25));
    await client.appendToStream(prefix + "later", api.jsonEvent({ id: randomUUID(), type: "t", data: { n: 5 } }));
    await seen.until(() => seen.events.length === 6 && checkpoints.at(-1).commit > seen.events[4].position.commit);
    await subscription.unsubscribe();
    assert.equal(seen.confirmed, 1);
    assert.deepEqual(numbers(seen.events), [0, 1, 2, 3, 4, 5]);
    checkpoints.forEach((c, i) => i && assert.ok(c.commit > checkpoints[i - 1].commit));

    const reached = checkpoints.filter((c) => c.commit < seen.events[4].position.commit).at(-1);
    const expected = seen.events.filter((e) => e.position.commit > reached.commit);
    const resumed = client.subscribeToAll({ fromPosition: reached, filter: api.streamNameFilter({ prefixes: [prefix] }) });
    const rest = watch(resumed);
    await rest.until(() => rest.events.length === expected.length);
    await resumed.unsubscribe();
    assert.deepEqual(numbers(rest.events), numbers(expected));
  },

  "filters by event type and by regular expression": async ({ client, api }) => {
    const name = stream();
    const type = "kind-" + randomUUID();
    await client.appendToStream(name, [...events(api, 3, type + "-a"), ...events(api, 2, "other"), ...events(api, 1, type + "-b")]);
    for (const [filter, count] of [
      [api.eventTypeFilter({ prefixes: [type] }), 4],
      [api.eventTypeFilter({ regex: `^${type}-b$` }), 1],
      [api.streamNameFilter({ regex: `^${name}$` }), 6],
    ]) {
      const subscription = client.subscribeToAll({ filter });
      const seen = watch(subscription);
      await seen.until(() => seen.caughtUp === 1);
      await subscription.unsubscribe();
      assert.equal(seen.events.length, count);
    }
  },

  "a subscription from the end gets only what comes": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 3));
    const subscription = client.subscribeToAll({ fromPosition: api.END, filter: api.excludeSystemEvents() });
    const seen = watch(subscription);
    await seen.until(() => seen.caughtUp === 1);
    await client.appendToStream(name, events(api, 2));
    await seen.until(() => seen.events.length === 2);
    await subscription.unsubscribe();
    assert.deepEqual(seen.events.map((e) => e.revision), [3n, 4n]);
  },

  "stream metadata: set, read, and what it does": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 6));
    await client.setStreamMetadata(name, { maxCount: 2, custom: "kept" });
    const { metadata } = await client.getStreamMetadata(name);
    assert.equal(metadata.maxCount, 2);
    assert.equal(metadata.custom, "kept");
    assert.deepEqual(numbers(await collect(client.readStream(name))), [4, 5]);
    await client.setStreamMetadata(name, { truncateBefore: 1 });
    assert.deepEqual(numbers(await collect(client.readStream(name))), [1, 2, 3, 4, 5]);
  },

  "soft delete: missing, then numbered on": async ({ client, api, state }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 4));
    await client.deleteStream(name, { expectedRevision: 3n });
    await rejects(collect(client.readStream(name)), "StreamNotFoundError");
    const result = await client.appendToStream(name, events(api, 2), { [state]: api.NO_STREAM });
    assert.equal(result.nextExpectedRevision, 5n);
    assert.deepEqual((await collect(client.readStream(name))).map((e) => e.revision), [4n, 5n]);
  },

  "tombstone: gone for good": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 2));
    await client.tombstoneStream(name);
    await rejects(collect(client.readStream(name)), "StreamDeletedError");
    await rejects(client.appendToStream(name, events(api, 1)), "StreamDeletedError");
    await rejects(client.appendToStream(name, events(api, 1), { credentials: { username: "admin", password: "changeit" } }), "StreamDeletedError");
    await rejects(client.deleteStream(name), "StreamDeletedError");
  },

  "deleting with the wrong revision is a conflict": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, events(api, 2));
    await rejects(client.deleteStream(name, { expectedRevision: 0n }), "WrongExpectedVersionError");
    assert.equal((await collect(client.readStream(name))).length, 2);
  },

  "a read that is cancelled ends, and the connection goes on": async ({ client, api }) => {
    const name = stream();
    await client.appendToStream(name, Array.from({ length: 5_000 }, (_, n) => api.jsonEvent({ id: randomUUID(), type: "t", data: { n } })));
    let taken = 0;
    for await (const _ of client.readStream(name)) if (++taken === 10) break;
    assert.equal(taken, 10);
    assert.equal((await collect(client.readStream(name, { maxCount: 7 }))).length, 7);
  },
};
