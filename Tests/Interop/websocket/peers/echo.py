#!/usr/bin/env python3
"""WebSocket endpoints that send back each message, built with `aiohttp` or `wsproto`.

    python3 echo.py aiohttp|wsproto echo PORT    a server; prints a line when it listens
    python3 echo.py aiohttp|wsproto dial PORT    a client

Made for this project, as a driver of comparison runs. Both agree to permessage-deflate and limit no size.
"""

import argparse
import asyncio
import contextlib
import socket
import sys
import threading

HOST = "127.0.0.1"


async def run_aiohttp(role, port):
    import aiohttp
    from aiohttp import web

    async def echo(channel):
        async for message in channel:
            if message.type == aiohttp.WSMsgType.TEXT:
                await channel.send_str(message.data)
            elif message.type == aiohttp.WSMsgType.BINARY:
                await channel.send_bytes(message.data)

    if role == "dial":
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as session:
                async with session.ws_connect(f"ws://{HOST}:{port}/", compress=15, max_msg_size=0) as channel:
                    await echo(channel)
        return

    async def handle(request):
        channel = web.WebSocketResponse(compress=True, max_msg_size=0)
        await channel.prepare(request)
        await echo(channel)
        return channel

    application = web.Application()
    application.router.add_get("/{tail:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    print("listening", flush=True)
    await asyncio.Event().wait()


def run_wsproto(role, port):
    from wsproto import ConnectionType, WSConnection
    from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Request, TextMessage
    from wsproto.extensions import PerMessageDeflate
    from wsproto.utilities import LocalProtocolError, RemoteProtocolError

    def serve(channel):
        connection = WSConnection(ConnectionType.SERVER if role == "echo" else ConnectionType.CLIENT)
        if role == "dial":
            request = Request(host=f"{HOST}:{port}", target="/", extensions=[PerMessageDeflate()])
            channel.sendall(connection.send(request))
        parts = []
        while True:
            data = channel.recv(65536)
            try:
                connection.receive_data(data or None)
            except RemoteProtocolError as error:
                if error.event_hint:
                    channel.sendall(connection.send(error.event_hint))
                return
            for event in connection.events():
                if isinstance(event, Request):
                    channel.sendall(connection.send(AcceptConnection(extensions=[PerMessageDeflate()])))
                elif isinstance(event, (TextMessage, BytesMessage)):
                    parts.append(event.data)
                    if event.message_finished:
                        whole = ("" if isinstance(event, TextMessage) else b"").join(parts)
                        channel.sendall(connection.send(type(event)(data=whole)))
                        parts = []
                elif isinstance(event, Ping):
                    channel.sendall(connection.send(event.response()))
                elif isinstance(event, CloseConnection):
                    with contextlib.suppress(LocalProtocolError):
                        channel.sendall(connection.send(event.response()))
                    return
            if not data:
                return

    def guarded(channel):
        with channel, contextlib.suppress(OSError, RemoteProtocolError, LocalProtocolError):
            serve(channel)

    if role == "dial":
        guarded(socket.create_connection((HOST, port)))
        return
    with socket.create_server((HOST, port)) as listener:
        print("listening", flush=True)
        while True:
            channel, _ = listener.accept()
            threading.Thread(target=guarded, args=[channel], daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("package", choices=["aiohttp", "wsproto"])
    parser.add_argument("role", choices=["echo", "dial"])
    parser.add_argument("port", type=int)
    args = parser.parse_args()
    if args.package == "aiohttp":
        asyncio.run(run_aiohttp(args.role, args.port))
    else:
        run_wsproto(args.role, args.port)


if __name__ == "__main__":
    sys.exit(main())
