#!/usr/bin/env python3
"""Makes a node look far away: forwards TCP connections, each byte later by a fixed time in each direction.

    delay-proxy.py MILLISECONDS HOST:PORT LOCAL-PORT…

Bytes keep their order and lose no bandwidth; only the distance is added. Opening a connection takes a round trip as
well. Ends when it is told to.
"""

import asyncio
import sys


class Wire:
    """One direction of a connection."""

    def __init__(self, reader, writer, delay):
        self.reader, self.writer, self.delay = reader, writer, delay
        self.queue = asyncio.Queue()

    async def run(self):
        await asyncio.gather(self.take(), self.give())

    async def take(self):
        loop = asyncio.get_running_loop()
        while True:
            try:
                piece = await self.reader.read(1 << 16)
            except ConnectionError:
                piece = b""
            self.queue.put_nowait((loop.time() + self.delay, piece))
            if not piece:
                return

    async def give(self):
        loop = asyncio.get_running_loop()
        while True:
            due, piece = await self.queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            try:
                if not piece:
                    self.writer.write_eof()
                    return
                self.writer.write(piece)
                await self.writer.drain()
            except (ConnectionError, OSError):
                return


async def serve(delay, host, port, local):
    async def connected(reader, writer):
        await asyncio.sleep(2 * delay)
        try:
            there, back = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(Wire(reader, back, delay).run(), Wire(there, writer, delay).run())
        writer.close()
        back.close()

    server = await asyncio.start_server(connected, "127.0.0.1", local)
    await server.serve_forever()


async def main():
    delay = float(sys.argv[1]) / 1000
    host, _, port = sys.argv[2].rpartition(":")
    await asyncio.gather(*(serve(delay, host, int(port), int(local)) for local in sys.argv[3:]))


asyncio.run(main())
