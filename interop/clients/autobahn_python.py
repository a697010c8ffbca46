"""Autobahn|Python (asyncio) under our router: what its documentation shows, in one serializer.

URL and AUTH_URL say where the router is, SERIALIZER which serializer. Each line on stdout is the outcome of a check, as
clients/report.mjs writes them.
"""

import asyncio
import json
import os
import sys
import time

import autobahn
from autobahn.asyncio.component import Component
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import (
    CallOptions,
    PublishOptions,
    RegisterOptions,
    SubscribeOptions,
)

URL = os.environ["URL"]
AUTH_URL = os.environ["AUTH_URL"]
SERIALIZER = os.environ.get("SERIALIZER", "json")
WITHIN_S = 20

ARGS = [
    "text",
    "žluťoučký kůň 🦊",
    0,
    -1,
    2**31,
    -(2**40),
    2**53 - 1,
    1.5,
    -0.25,
    True,
    False,
    None,
    [],
    [1, [2, [3]]],
    {"nested": {"list": [1, "two"], "nothing": None}},
]
KWARGS = {"name": "fox", "count": 3, "nested": {"deep": [True]}}
BYTES = bytes([0, 1, 127, 128, 255, 0])


def say(line):
    print(json.dumps(line), flush=True)


class NotThere(Exception):
    """The client has no such thing."""


def same(actual, expected, what="what came"):
    if actual != expected:
        raise AssertionError(f"{what} is {actual!r} instead of {expected!r}")


count = 0


def fresh(name):
    global count
    count += 1
    return f"foreign.{name}.n{count}"


async def check(group, feature, body):
    start = time.monotonic()
    at = {"group": group, "feature": feature}
    try:
        await asyncio.wait_for(body(), WITHIN_S)
        say({**at, "ok": True, "ms": (time.monotonic() - start) * 1000})
    except NotThere as why:
        say({**at, "absent": str(why)})
    except BaseException as error:  # noqa: B902 - whatever a client throws is an outcome
        detail = f"{type(error).__name__}: {error}" if str(error) else f"{type(error).__name__} within {WITHIN_S} s"
        say({**at, "ok": False, "detail": detail})


components = []


async def join(url=URL, authentication=None):
    """A session that has joined, by a Component as the documentation shows it."""
    component = Component(
        transports=[{"type": "websocket", "url": url, "serializers": [SERIALIZER], "max_retries": 0}],
        realm="realm1",
        authentication=authentication,
    )
    components.append(component)
    loop = asyncio.get_running_loop()
    joined = loop.create_future()

    @component.on_join
    async def on_join(session, details):
        session.details = details
        if not joined.done():
            joined.set_result(session)

    @component.on_connectfailure
    async def on_connectfailure(component, error):
        if not joined.done():
            joined.set_exception(error if isinstance(error, Exception) else RuntimeError(str(error)))

    @component.on_leave
    async def on_leave(session, details):
        if not joined.done():
            joined.set_exception(RuntimeError(f"{details.reason}: {details.message}"))

    started = asyncio.ensure_future(component.start(loop=loop))
    started.add_done_callback(lambda future: future.cancelled() or future.exception())
    return await asyncio.wait_for(joined, WITHIN_S)


async def failure(awaitable):
    try:
        await awaitable
    except ApplicationError as error:
        return error
    raise AssertionError("it went well")


class Events:
    """What comes of a topic."""

    def __init__(self):
        self.seen = []
        self.came = asyncio.Event()

    def __call__(self, *args, details=None, **kwargs):
        self.seen.append((args, kwargs, details))
        self.came.set()

    async def first(self):
        await self.came.wait()
        return self.seen[0]


async def main():
    say({"version": autobahn.__version__})
    one = await join()
    two = await join()

    async def alive():
        nonlocal one, two
        if not one.is_attached():
            one = await join()
        if not two.is_attached():
            two = await join()

    def test(group, feature):
        def run(body):
            async def with_sessions():
                await alive()
                await body()

            return check(group, feature, with_sessions)

        return run

    async def leaves():
        session = await join()
        session.leave()
        for _ in range(50):
            if not session.is_attached():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("it is still attached")

    await check("session", "joins, and leaves with GOODBYE", leaves)

    async def body():
        result = await one.call("home.echo", *ARGS, **KWARGS)
        same(list(result.results), ARGS, "args")
        same(result.kwresults, KWARGS, "kwargs")

    await test("calls", "arguments of every kind, there and back")(body)

    async def body():
        same(await one.call("home.echo", BYTES), BYTES)

    await test("calls", "bytes, there and back")(body)

    async def body():
        procedure = fresh("fail")

        async def fail():
            raise ApplicationError("foreign.error.sad", "why", code=42)

        await one.register(fail, procedure)
        for call in (one.call("home.fail", "home.error.sad"), two.call(procedure)):
            error = await failure(call)
            same(error.error.endswith(".error.sad"), True, "the URI")
            same((list(error.args), error.kwargs), (["why"], {"code": 42}))

    await test("calls", "an error with its URI, args and kwargs")(body)

    async def body():
        same((await failure(one.call("foreign.nowhere"))).error, "wamp.error.no_such_procedure")

    await test("calls", "no such procedure")(body)

    async def body():
        procedure = fresh("add")
        await one.register(lambda a, b: a + b, procedure)
        same(await one.call("home.call", procedure, [2, 3]), [5])

    await test("calls", "its procedures, called by our client")(body)

    async def body():
        procedure = fresh("gone")
        registration = await one.register(lambda: 1, procedure)
        same(await two.call(procedure), 1)
        await registration.unregister()
        same((await failure(two.call(procedure))).error, "wamp.error.no_such_procedure")

    await test("calls", "unregister")(body)

    async def body():
        seen = []
        last = await one.call("home.count", 3, options=CallOptions(on_progress=seen.append))
        same([one for one in [*seen, last] if one is not None], [0, 1, 2])

    await test("calls", "progressive results, as caller")(body)

    async def body():
        procedure = fresh("count")

        async def counter(details=None):
            for n in (0, 1):
                if details.progress:
                    details.progress(n)
                    await asyncio.sleep(0.01)
            return 2

        await one.register(counter, procedure, options=RegisterOptions(details_arg="details"))
        same(await one.call("home.call", procedure, [], {"progress": True}), [0, 1, 2])

    await test("calls", "progressive results, as callee")(body)

    async def body():
        call = one.call("home.slow")
        await asyncio.sleep(0.1)
        call.cancel()
        await asyncio.sleep(0.2)
        same(one.is_attached(), True, "whether its session is there after it cancelled")
        same(await one.call("home.interrupted"), True, "whether the callee was interrupted")

    await test("calls", "cancel, as caller")(body)

    async def body():
        procedure = fresh("slow")
        ended = asyncio.Event()

        async def slow():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                ended.set()
                raise

        await one.register(slow, procedure)
        await two.call("home.cancel", procedure)
        await ended.wait()
        await asyncio.sleep(0.05)
        same(one.is_attached(), True, "whether its session is there after the interrupt")

    await test("calls", "cancel, as callee: it is interrupted")(body)

    async def body():
        error = await failure(one.call("home.slow", options=CallOptions(timeout=200)))
        same(error.error, "wamp.error.timeout")

    await test("calls", "a timeout of the router’s")(body)

    async def body():
        prefix = fresh("prefix")
        options = RegisterOptions(match="prefix", details_arg="details")
        await one.register(lambda details=None: details.procedure, f"{prefix}.", options=options)
        same(await two.call(f"{prefix}.some.thing"), f"{prefix}.some.thing")

    await test("calls", "registration by prefix")(body)

    async def body():
        base = fresh("wild")
        options = RegisterOptions(match="wildcard", details_arg="details")
        await one.register(lambda details=None: details.procedure, f"{base}..end", options=options)
        same(await two.call(f"{base}.any.end"), f"{base}.any.end")

    await test("calls", "registration by wildcard")(body)

    async def body():
        procedure = fresh("shared")
        await one.register(lambda: "one", procedure, options=RegisterOptions(invoke="roundrobin"))
        await two.register(lambda: "two", procedure, options=RegisterOptions(invoke="roundrobin"))
        same(sorted([await one.call(procedure), await one.call(procedure)]), ["one", "two"])

    await test("calls", "shared registration, in turn")(body)

    async def body():
        procedure = fresh("force")
        await one.register(lambda: "old", procedure)
        await two.register(lambda: "new", procedure, options=RegisterOptions(force_reregister=True))
        same(await one.call(procedure), "new")
        await asyncio.sleep(0.05)
        same(one.is_attached(), True, "whether the session before is there")

    await test("calls", "a procedure is taken over (force_reregister)")(body)

    async def body():
        topic = fresh("topic")
        events = Events()
        await one.subscribe(events, topic)
        two.publish(topic, *ARGS, **KWARGS)
        args, kwargs, _ = await events.first()
        same(list(args), ARGS, "args")
        same(kwargs, KWARGS, "kwargs")

    await test("topics", "arguments of every kind")(body)

    async def body():
        topic = fresh("bytes")
        events = Events()
        await one.subscribe(events, topic)
        two.publish(topic, BYTES)
        same((await events.first())[0], (BYTES,))

    await test("topics", "bytes")(body)

    async def body():
        events = Events()
        await one.subscribe(events, "home.tick")
        await one.call("home.publish", "home.tick", ["from home"])
        same((await events.first())[0], ("from home",))

    await test("topics", "events of our client")(body)

    details = SubscribeOptions(details_arg="details")

    async def body():
        topic = fresh("ack")
        events = Events()
        await one.subscribe(events, topic, options=details)
        publication = await two.publish(topic, 1, options=PublishOptions(acknowledge=True))
        same((await events.first())[2].publication, publication.id)

    await test("topics", "an acknowledged publication has the id of its event")(body)

    async def body():
        topic = fresh("self")
        events = Events()
        await one.subscribe(events, topic)
        await one.publish(topic, "not me", options=PublishOptions(acknowledge=True))
        await one.publish(topic, "me", options=PublishOptions(acknowledge=True, exclude_me=False))
        same((await events.first())[0], ("me",))

    await test("topics", "the publisher hears itself only with exclude_me: false")(body)

    async def body():
        topic = fresh("unsubscribe")
        events = Events()
        subscription = await one.subscribe(events, topic)
        two.publish(topic, 1)
        await events.first()
        await subscription.unsubscribe()
        await two.publish(topic, 2, options=PublishOptions(acknowledge=True))
        await asyncio.sleep(0.1)
        same((len(events.seen), one.is_attached()), (1, True))

    await test("topics", "unsubscribe")(body)

    async def body():
        prefix = fresh("prefix")
        events = Events()
        options = SubscribeOptions(match="prefix", details_arg="details")
        await one.subscribe(events, f"{prefix}.", options=options)
        two.publish(f"{prefix}.some.thing", 1)
        same((await events.first())[2].topic, f"{prefix}.some.thing")

    await test("topics", "subscription by prefix")(body)

    async def body():
        base = fresh("wild")
        events = Events()
        options = SubscribeOptions(match="wildcard", details_arg="details")
        await one.subscribe(events, f"{base}..end", options=options)
        two.publish(f"{base}.any.end", 1)
        same((await events.first())[2].topic, f"{base}.any.end")

    await test("topics", "subscription by wildcard")(body)

    async def body():
        topic = fresh("lists")
        events = Events()
        await one.subscribe(events, topic)
        for word, lists in (
            ("excluded", {"exclude": [one._session_id]}),
            ("for others", {"eligible": [two._session_id]}),
            ("for you", {"eligible": [one._session_id]}),
        ):
            await two.publish(topic, word, options=PublishOptions(acknowledge=True, **lists))
        await events.first()
        same([args for args, _, _ in events.seen], [("for you",)])

    await test("topics", "black- and whitelists")(body)

    async def body():
        topic = fresh("retained")
        await two.publish(topic, "kept", options=PublishOptions(acknowledge=True, retain=True))
        events = Events()
        await one.subscribe(events, topic, options=SubscribeOptions(get_retained=True))
        same((await events.first())[0], ("kept",))

    await test("topics", "a retained event comes to who subscribes later")(body)

    async def body():
        assert await one.call("wamp.session.count") >= 2, "fewer than two sessions"
        assert two._session_id in await one.call("wamp.session.list"), "the other session is not listed"
        same((await one.call("wamp.session.get", two._session_id))["session"], two._session_id)

    await test("meta API", "sessions: count, list, get")(body)

    logins = {
        "anonymous": {"anonymous": {}},
        "ticket": {"ticket": {"authid": "joe", "ticket": "secret!!!"}},
        "WAMP-CRA": {"wampcra": {"authid": "plain", "secret": "secret1"}},
        "WAMP-CRA, salted": {"wampcra": {"authid": "salted", "secret": "secret2"}},
        "SCRAM, Argon2id": {"scram": {"authid": "argon2", "password": "pencil", "nonce": "", "kdf": "argon2id-13",
                                      "salt": "", "iterations": 4, "memory": 512}},
        "cryptosign": {"cryptosign": {"authid": "device", "privkey": "11" * 32}},
    }
    for way, authentication in logins.items():

        async def body(authentication=authentication):
            session = await join(AUTH_URL, authentication)
            assert session._session_id, "no session"

        await check("authentication", way, body)

    async def body():
        try:
            await join(AUTH_URL, {"ticket": {"authid": "joe", "ticket": "guess"}})
        except asyncio.TimeoutError:
            raise
        except Exception:
            return
        raise AssertionError("it was let in")

    await check("authentication", "a wrong secret is refused", body)


async def run():
    await main()
    sys.stdout.flush()
    # Components would try again for ever.
    os._exit(0)


asyncio.run(run())
