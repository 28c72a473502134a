#!/usr/bin/env python3
"""Asks for a page every 50 ms until its standard input ends; prints failed requests, all, and the longest gap in seconds.

The gap is the longest time between two answers in a row.
"""
import http.client
import select
import sys
import time

address, port = sys.argv[1], int(sys.argv[2])
failed = count = 0
gap = 0.0
last = None
turn = time.monotonic()
while not select.select([sys.stdin], [], [], 0)[0]:
    count += 1
    try:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        connection.request("GET", "/")
        ok = connection.getresponse().status == 200
        connection.close()
    except OSError:
        ok = False
    now = time.monotonic()
    if ok:
        if last is not None:
            gap = max(gap, now - last)
        last = now
    else:
        failed += 1
    turn = max(turn + 0.05, now)
    time.sleep(max(0, turn - time.monotonic()))
print(failed, count, f"{gap:.3f}")
